"""The settings; the only reader of the environment."""

from __future__ import annotations

import base64
import binascii
import os
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

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
    # Addresses may hold a password.
    rasa_url: SecretStr | None = Field(None, validation_alias="RASA_URL")
    wechat_app_id: str | None = Field(None, validation_alias="WECHAT_APP_ID")
    wechat_app_secret: SecretStr | None = Field(None, validation_alias="WECHAT_APP_SECRET")
    wechat_token: SecretStr | None = Field(None, validation_alias="WECHAT_TOKEN")
    wechat_aes_key: SecretStr | None = Field(None, validation_alias="WECHAT_AES_KEY")
    wechat_api_base: str = Field("https://api.weixin.qq.com", validation_alias="WECHAT_API_BASE")
    accounts_file: Path | None = Field(None, validation_alias="WECHAT_ACCOUNTS")
    platforms_file: Path | None = Field(None, validation_alias="SERVICE_PLATFORMS")
    public_url: str | None = Field(None, validation_alias="PUBLIC_URL")
    voice_model_dir: Path | None = Field(None, validation_alias="VOICE_MODEL_DIR")
    data_keys_file: Path | None = Field(None, validation_alias="DATA_KEYS_FILE")
    metrics_bind: str | None = Field(None, validation_alias="METRICS_BIND")
    log_format: Literal["text", "json"] = Field("text", validation_alias="LOG_FORMAT")
    log_level: Literal["debug", "info", "warning"] = Field("info", validation_alias="LOG_LEVEL")
    otel_endpoint: SecretStr | None = Field(None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), validation_alias="TRUSTED_PROXIES"
    )

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

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, text: object) -> object:
        return tuple(text.replace(",", " ").split()) if isinstance(text, str) else text

    @field_validator("metrics_bind")
    @classmethod
    def _is_a_port(cls, bind: str | None) -> str | None:
        if bind is not None and not bind.rpartition(":")[2].isdecimal():
            raise ValueError("it is a host and a port such as 127.0.0.1:9464")
        return bind

    @field_validator("redis_url", "rasa_url", "wechat_api_base", "public_url", "otel_endpoint")
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

    def store_at(self) -> tuple[str | None, Path, Path | None]:
        """Where the store is, the folder of the embedded one, and the file with the keys that seal what is kept."""
        return self.store_url(), self.data_dir, self.data_keys_file

    def wechat_missing(self) -> tuple[str, ...]:
        """Which settings `/wechat` still needs."""
        needed = {"WECHAT_APP_ID": self.wechat_app_id, "WECHAT_TOKEN": self.wechat_token}
        return tuple(name for name, value in needed.items() if not value)


def _decodes(key: str) -> bool:
    try:
        return len(key) == 43 and len(base64.b64decode(key + "=", validate=True)) == 32
    except binascii.Error:
        return False


def _secret_folders() -> list[Path] | None:
    """Where containers and systemd put a secret as a file of the setting's name, out of every process list."""
    folders = [Path("/run/secrets"), Path(os.environ.get("CREDENTIALS_DIRECTORY") or "/run/secrets")]
    return [one for one in dict.fromkeys(folders) if one.is_dir()] or None


def load_settings(**overrides: object) -> Settings:
    """Reads the settings; raises `SettingError` with a line for each wrong one, never with its value."""
    try:
        given = {name: value for name, value in overrides.items() if value is not None}
        return Settings(_secrets_dir=_secret_folders(), **given)  # type: ignore[arg-type, call-arg]
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
        raise SettingError("\n".join(lines)) from None
