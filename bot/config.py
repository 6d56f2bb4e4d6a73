"""The settings; the only reader of the environment."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingError

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Settings(BaseSettings):
    """Every setting of the contract's §8, from the environment or from a `.env` file beside the program."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True, populate_by_name=True
    )

    host: str = Field("127.0.0.1", validation_alias="BOT_HOST")
    port: int = Field(8080, ge=0, le=65535, validation_alias="BOT_PORT")
    data_dir: Path = Field(Path("var"), validation_alias="BOT_DATA_DIR")
    as_of: datetime | None = Field(None, validation_alias="BOT_AS_OF")
    default_region: str | None = Field(None, validation_alias="BOT_DEFAULT_REGION")
    redis_url: SecretStr | None = Field(None, validation_alias="REDIS_URL")
    rasa_url: str | None = Field(None, validation_alias="RASA_URL")
    wechat_app_id: str | None = Field(None, validation_alias="WECHAT_APP_ID")
    wechat_app_secret: SecretStr | None = Field(None, validation_alias="WECHAT_APP_SECRET")
    wechat_token: SecretStr | None = Field(None, validation_alias="WECHAT_TOKEN")
    wechat_aes_key: SecretStr | None = Field(None, validation_alias="WECHAT_AES_KEY")
    wechat_api_base: str = Field("https://api.weixin.qq.com", validation_alias="WECHAT_API_BASE")
    accounts_file: Path | None = Field(None, validation_alias="WECHAT_ACCOUNTS")
    platforms_file: Path | None = Field(None, validation_alias="SERVICE_PLATFORMS")
    voice_model_dir: Path | None = Field(None, validation_alias="VOICE_MODEL_DIR")

    @field_validator("as_of")
    @classmethod
    def _in_shanghai(cls, moment: datetime | None) -> datetime | None:
        return moment.replace(tzinfo=SHANGHAI) if moment and moment.tzinfo is None else moment

    @field_validator("wechat_aes_key")
    @classmethod
    def _is_a_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not _decodes(key.get_secret_value()):
            raise ValueError("it has 43 letters and digits; copy EncodingAESKey from the account's page")
        return key

    @field_validator("redis_url", "rasa_url", "wechat_api_base")
    @classmethod
    def _is_an_address(cls, url: SecretStr | str | None) -> SecretStr | str | None:
        text = url.get_secret_value() if isinstance(url, SecretStr) else url
        if text and "://" not in text:
            raise ValueError("it is an address such as scheme://host:port")
        return url

    def now(self) -> datetime:
        """The fixed "now" where one is set, else the clock in China."""
        return self.as_of or datetime.now(SHANGHAI)

    def store_url(self) -> str | None:
        """The REDIS_URL with its password, None where the embedded server is wanted."""
        return self.redis_url.get_secret_value() if self.redis_url else None

    def wechat_missing(self) -> tuple[str, ...]:
        """Which settings `/wechat` still needs."""
        needed = {"WECHAT_APP_ID": self.wechat_app_id, "WECHAT_TOKEN": self.wechat_token}
        return tuple(name for name, value in needed.items() if not value)


def _decodes(key: str) -> bool:
    try:
        return len(key) == 43 and len(base64.b64decode(key + "=", validate=True)) == 32
    except binascii.Error:
        return False


def load_settings(**overrides: object) -> Settings:
    """Reads the settings; raises `SettingError` with a line for each wrong one, never with its value."""
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
        raise SettingError("\n".join(lines)) from None
