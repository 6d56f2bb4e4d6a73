"""The files of deploy/ by the programs and schemas that read them, and the house's own rules for them."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import kubernetes_validate
import pytest
import typer
import yaml
from packaging.requirements import Requirement

from bot.__main__ import cli
from bot.store.binary import find_server
from tests.storage import RealServer, free_port, real_server, wait_until

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE, UNITS = DEPLOY / "compose", DEPLOY / "systemd"
BASE, IMAGES = DEPLOY / "kubernetes" / "base", DEPLOY / "containers"
# The oldest and the newest of the clusters that are still looked after somewhere.
KUBERNETES = ("1.30", "1.37")
# "OK" of systemd's own scale; a unit without hardening has 9.6.
EXPOSED = 2.0
_COMMANDS: Any = typer.main.get_command(cli)
SECRETS = {"REDIS_URL", "WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY"}


class TestContainers:
    @pytest.mark.parametrize("name", ["Containerfile", "Containerfile.rasa"])
    def test_hadolint_finds_nothing(self, name: str) -> None:
        program = Path(sys.executable).parent / "hadolint"
        done = subprocess.run([program, IMAGES / name], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize("name", ["Containerfile", "Containerfile.rasa"])
    def test_what_runs_is_nobody_and_checked(self, name: str) -> None:
        text = (IMAGES / name).read_text(encoding="utf-8")
        last = text.rpartition("\nFROM ")[2]
        assert re.search(r"^USER 1000\d:1000\d$", last, re.MULTILINE)
        assert "HEALTHCHECK" in last
        assert "--require-hashes" in text
        assert ":latest" not in text
        for line in re.findall(r"^(?:COPY|ADD) (?!--from)(.*)$", text, re.MULTILINE):
            for source in [part for part in line.split()[:-1] if not part.startswith("--")]:
                assert (ROOT / source).exists(), source

    @pytest.mark.parametrize("name", ["Containerfile", "Containerfile.rasa"])
    def test_what_is_copied_is_let_in(self, name: str) -> None:
        told = (IMAGES / f"{name}.dockerignore").read_text(encoding="utf-8").splitlines()
        let_in = [line[1:] for line in told if line.startswith("!")]
        text = (IMAGES / name).read_text(encoding="utf-8")
        assert "*" in told
        for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE):
            for source in [part for part in line.split()[:-1] if not part.startswith("--")]:
                assert any(f"{source}/".startswith(f"{one}/") for one in let_in), source

    def test_the_lock_of_serving_is_a_part_of_the_whole_lock(self) -> None:
        whole, serving = locked(ROOT / "requirements.lock"), locked(IMAGES / "serve.lock")
        assert serving.items() <= whole.items(), "run: make lock"

    def test_and_holds_all_that_serving_needs(self) -> None:
        serving, wanted = {name_of(line) for line in locked(IMAGES / "serve.lock")}, needed()
        assert wanted <= serving, "run: make lock"
        assert not {"scikit-learn", "pytest", "ruff"} & serving

    def test_the_health_check_tells_the_dead(self) -> None:
        command = [sys.executable, str(IMAGES / "deploy_health.py")]
        assert subprocess.run(command, env={"BOT_PORT": "9"}, check=False).returncode == 1

    def test_the_health_checks_of_a_worker_tell_a_living_from_a_dead_one(
        self, tmp_path: Path, compose: dict[str, Any]
    ) -> None:
        """A worker has no other port than that of its metrics."""
        _, *asked = compose["services"]["worker"]["healthcheck"]["test"]
        assert asked[:3] == ["python", "-m", "deploy_health"]
        port = free_port()
        env = {"METRICS_BIND": f"0.0.0.0:{port}", "PATH": os.environ["PATH"]}
        command = [sys.executable, *asked[1:]]
        with worker(tmp_path, env):
            assert subprocess.run(command, cwd=IMAGES, env=env, check=False).returncode == 0
            for probe in ("startupProbe", "livenessProbe"):
                path = workers_container()[probe]["httpGet"]["path"]
                with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                    assert answer.status == 200
        assert subprocess.run(command, cwd=IMAGES, env=env, check=False).returncode == 1

    def test_the_worker_is_asked_at_the_port_of_its_metrics(self, compose: dict[str, Any]) -> None:
        told = re.search(r"^METRICS_BIND=.*:(\d+)$", (BASE / "settings.env").read_text(), re.MULTILINE)
        assert told
        container = workers_container()
        assert container["ports"] == [{"name": "metrics", "containerPort": int(told[1])}]
        assert {container[probe]["httpGet"]["port"] for probe in ("startupProbe", "livenessProbe")} == {
            "metrics"
        }
        worker_of_compose = compose["services"]["worker"]
        assert "--metrics" in worker_of_compose["healthcheck"]["test"]
        assert worker_of_compose["environment"]["METRICS_BIND"]


@contextmanager
def worker(folder: Path, env: dict[str, str]) -> Iterator[None]:
    """A real one, from when it says that it is ready."""
    (folder / "data").mkdir()
    with real_server(folder) as redis:
        env = {**env, "REDIS_URL": redis.url, "BOT_DATA_DIR": str(folder / "data")}
        command = [sys.executable, "-m", "bot", "worker"]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout
            assert "ready" in process.stdout.readline()
            yield
        finally:
            process.terminate()
            process.communicate(timeout=60)


def workers_container() -> dict[str, Any]:
    (pod,) = [pod for name, pod in pods() if name == "worker"]
    container: dict[str, Any] = pod["containers"][0]
    return container


def locked(path: Path) -> dict[str, frozenset[str]]:
    """The hashes of each pinned package."""
    pins: dict[str, frozenset[str]] = {}
    for entry in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8")):
        pin, *hashes = entry.replace("\\\n", " ").split("--hash=")
        pins[pin.strip()] = frozenset(one.strip() for one in hashes)
    return pins


def name_of(pin: str) -> str:
    return re.sub(r"[-_.]+", "-", Requirement(pin).name if "=" in pin else pin).lower()


def needed() -> set[str]:
    """All that serving needs here, by what pyproject.toml and the installed packages say."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: set[str] = set()
    asked = [Requirement(line) for line in project["dependencies"]]
    while asked:
        one = asked.pop()
        for extra in ("", *one.extras):
            if one.marker is not None and not one.marker.evaluate({"extra": ""}):
                continue
            known = f"{name_of(one.name)}[{extra}]"
            if known not in found:
                found.add(known)
                asked += wanted_by(one.name, extra)
    return {one.partition("[")[0] for one in found}


def wanted_by(package: str, extra: str) -> list[Requirement]:
    lines = map(Requirement, importlib.metadata.requires(package) or [])
    told = [line for line in lines if line.marker is None or line.marker.evaluate({"extra": extra})]
    for line in told:
        line.marker = None
    return told


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((COMPOSE / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


class TestCompose:
    def test_it_is_what_the_specification_allows(self) -> None:
        program = Path(sys.executable).parent / "check-jsonschema"
        command = [program, "--builtin-schema", "vendor.compose-spec", COMPOSE / "compose.yaml"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    @pytest.mark.skipif(
        shutil.which("docker-compose") is None, reason="no docker-compose here; see tests/prepare.py"
    )
    def test_compose_itself_reads_it_with_the_example(self) -> None:
        files = ["--env-file", "example.env", "-f", "compose.yaml"]
        command = ["docker-compose", *files, "--profile", "backup", "config"]
        done = subprocess.run(command, cwd=COMPOSE, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        told = yaml.safe_load(done.stdout)
        assert {"bot-1", "bot-2", "worker", "redis", "rasa", "proxy", "backup"} == set(told["services"])

    def test_every_container_is_held_short(self, compose: dict[str, Any]) -> None:
        for name, one in compose["services"].items():
            assert one["read_only"] is True, name
            assert one["cap_drop"] == ["ALL"], name
            assert "no-new-privileges:true" in one["security_opt"], name
            assert not one["user"].startswith("0"), name
            assert {"cpus", "memory"} <= one["deploy"]["resources"]["limits"].keys(), name
            assert one["logging"]["options"]["max-size"], name
            assert ":latest" not in one["image"], name

    def test_only_the_proxy_is_reached_from_outside(self, compose: dict[str, Any]) -> None:
        services = compose["services"]
        assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
        inside = {name for name, one in compose["networks"].items() if one.get("internal")}
        for name in ("redis", "rasa"):
            assert set(services[name]["networks"]) <= inside

    def test_the_proxy_knows_the_servers(self, compose: dict[str, Any]) -> None:
        bots = {name: one for name, one in compose["services"].items() if name.startswith("bot-")}
        there = {one["networks"]["front"]["ipv4_address"] for one in bots.values()}
        told = set(
            re.findall(r"^server ([\d.]+):8080", (COMPOSE / "proxy" / "bots.conf").read_text(), re.MULTILINE)
        )
        assert there == told
        proxy = compose["services"]["proxy"]["networks"]["front"]["ipv4_address"]
        assert compose["x-bot"]["environment"]["TRUSTED_PROXIES"] == f"{proxy}/32"

    def test_no_secret_stands_in_an_environment(self, compose: dict[str, Any]) -> None:
        for name, one in compose["services"].items():
            assert not SECRETS & one.get("environment", {}).keys(), name
        assert set(compose["x-bot"]["secrets"]) >= SECRETS
        assert not SECRETS & set(re.findall(r"^(\w+)=", (COMPOSE / "example.env").read_text(), re.MULTILINE))

    def test_everything_it_mounts_is_there(self, compose: dict[str, Any]) -> None:
        mounts = [mount for one in compose["services"].values() for mount in one.get("volumes", [])]
        for source in (mount.partition(":")[0] for mount in mounts if mount.startswith(".")):
            assert (COMPOSE / source).exists(), source

    @pytest.mark.parametrize("script", ["redis.sh"])
    def test_its_redis_keeps_all_and_asks_for_the_password(self, tmp_path: Path, script: str) -> None:
        port, (password, config) = free_port(), (tmp_path / "password", tmp_path / "redis.conf")
        password.write_text("of-the-tests\n")
        text = (COMPOSE / "redis.conf").read_text(encoding="utf-8")
        moved = text.replace("port 6379", f"port {port}").replace("dir /data", f"dir {tmp_path}")
        config.write_text(moved.replace("bind * -::*", "bind 127.0.0.1"))
        folder = find_server().parent
        env = {"PATH": f"{folder}:/usr/bin:/bin", "PASSWORD_FILE": str(password), "REDIS_CONF": str(config)}
        redis = RealServer(tmp_path, Path("/none"), port, ())
        process = subprocess.Popen(["sh", COMPOSE / script], env=env, stdout=subprocess.DEVNULL)
        try:
            wait_until(lambda: not isinstance(redis.tell("PING"), OSError))
            assert "NOAUTH" in str(redis.tell("GET", "a"))
            told = asked_with_password(port, "CONFIG", "GET", "append*")
            assert b"always" in told
            assert b"of-the-tests" not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
        finally:
            process.kill()
            process.wait()


def asked_with_password(port: int, *command: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
        wire.sendall(b"AUTH of-the-tests\r\n" + " ".join(command).encode() + b"\r\n")
        told = b""
        while told.count(b"\r\n") < 8:
            told += wire.recv(4096)
    return told


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """As installed, but for the folder of the program."""
    folder = tmp_path_factory.mktemp("units")
    for path in [*UNITS.glob("*.service"), *UNITS.glob("*.timer")]:
        text = path.read_text(encoding="utf-8")
        text = text.replace("/opt/wenyanglao/.venv/bin/python", sys.executable)
        (folder / path.name).write_text(text.replace("/opt/wenyanglao", str(ROOT)), encoding="utf-8")
    return sorted(folder.iterdir())


class TestUnits:
    @pytest.mark.skipif(
        shutil.which("systemd-analyze") is None, reason="no systemd here; see tests/prepare.py"
    )
    def test_systemd_takes_them(self, units: list[Path]) -> None:
        done = systemd("verify", "--man=no", "--recursive-errors=no", *map(str, units))
        assert done.returncode == 0, done.stderr
        assert not done.stderr.strip(), done.stderr

    @pytest.mark.skipif(
        shutil.which("systemd-analyze") is None, reason="no systemd here; see tests/prepare.py"
    )
    def test_they_are_exposed_little(self, units: list[Path]) -> None:
        for path in [one for one in units if one.suffix == ".service"]:
            level = f"--threshold={int(EXPOSED * 10)}"
            done = systemd("security", "--offline=true", "--no-pager", level, str(path))
            assert done.returncode == 0, done.stdout[-200:] + done.stderr

    def test_they_run_what_there_is(self) -> None:
        for path in UNITS.glob("*.service"):
            for line in re.findall(
                r"^ExecStart=.*-m bot (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE
            ):
                assert_is_a_command(line.replace("%i", "8081").split(), path.name)

    def test_no_secret_stands_in_an_environment(self) -> None:
        for path in [*UNITS.glob("*.service"), UNITS / "wenyanglao.env"]:
            told = re.findall(r"^(?:Environment=)?(\w+)=", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert not SECRETS & set(told), path.name


def systemd(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


def resources() -> Iterator[dict[str, Any]]:
    kustomization = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))
    for name in [*kustomization["resources"], "secrets.example.yaml"]:
        yield from yaml.safe_load_all((BASE / name).read_text(encoding="utf-8"))


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each pod's name and its specification."""
    for one in resources():
        spec = one.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield one["metadata"]["name"], spec["template"]["spec"]


class TestKubernetes:
    @pytest.mark.parametrize("version", KUBERNETES)
    def test_every_resource_is_what_the_schema_allows(self, version: str) -> None:
        for one in resources():
            kubernetes_validate.validate(one, version, strict=True)

    @pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl here")
    def test_kustomize_builds_it(self) -> None:
        done = subprocess.run(["kubectl", "kustomize", BASE], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        for one in yaml.safe_load_all(done.stdout):
            kubernetes_validate.validate(one, KUBERNETES[-1], strict=True)

    def test_kustomize_names_every_file(self) -> None:
        told = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))
        named = {*told["resources"], "kustomization.yaml", "secrets.example.yaml"}
        assert named == {path.name for path in BASE.glob("*.yaml")}
        made = [name for one in told["configMapGenerator"] for name in one.get("files", one.get("envs", []))]
        assert {"redis/" + path.name for path in (BASE / "redis").iterdir()} | {"settings.env"} == set(made)

    def test_every_pod_is_held_short(self) -> None:
        for name, pod in pods():
            assert pod["automountServiceAccountToken"] is False, name
            assert pod["securityContext"]["runAsNonRoot"] is True, name
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
            for one in pod["containers"]:
                held = one["securityContext"]
                assert held["readOnlyRootFilesystem"] is True, name
                assert held["allowPrivilegeEscalation"] is False, name
                assert held["capabilities"] == {"drop": ["ALL"]}, name
                assert one["resources"].keys() == {"requests", "limits"}, name
                assert "livenessProbe" in one or name == "backup", name

    def test_who_may_be_spoken_to_is_said_for_everybody(self) -> None:
        told = {one["metadata"]["name"]: one["spec"] for one in resources() if one["kind"] == "NetworkPolicy"}
        assert told["nothing"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
        assert "egress" not in told["rasa"]

    def test_no_secret_has_a_value(self) -> None:
        secrets = [one for one in resources() if one["kind"] == "Secret"]
        assert {one["metadata"]["name"] for one in secrets} == {"bot", "redis", "backup", "tls"}
        assert not [value for one in secrets for value in one["stringData"].values() if value]
        assert not SECRETS & set(re.findall(r"^(\w+)=", (BASE / "settings.env").read_text(), re.MULTILINE))

    def test_every_secret_that_is_mounted_is_told_of(self) -> None:
        there = {one["metadata"]["name"] for one in resources() if one["kind"] == "Secret"}
        for name, pod in pods():
            mounted = {one["secret"]["secretName"] for one in pod["volumes"] if "secret" in one}
            assert mounted <= there, name

    def test_the_way_in_leads_to_no_figures(self) -> None:
        (ingress,) = [one for one in resources() if one["kind"] == "Ingress"]
        paths = {
            one["path"] for one in ingress["spec"]["rules"][0]["http"]["paths"] if one["pathType"] == "Prefix"
        }
        assert not {"/", "/readyz", "/metrics"} & paths


def words() -> Iterator[tuple[str, str]]:
    """Every page for people in deploy/, and its name; the watching and security have tests of their own."""
    for path in sorted([*DEPLOY.glob("*.md"), *DEPLOY.glob("*/README.md")]):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


class TestPages:
    def test_every_alarm_has_its_section(self) -> None:
        alarms = yaml.safe_load((DEPLOY / "watching" / "alarms.yml").read_text(encoding="utf-8"))
        told = [rule["annotations"]["runbook"] for group in alarms["groups"] for rule in group["rules"]]
        there = re.findall(r"^## (\S+)$", (DEPLOY / "runbook.md").read_text(encoding="utf-8"), re.MULTILINE)
        assert told
        assert {f"runbook.md#{one}" for one in there} >= set(told)

    def test_every_command_that_is_written_is_one(self) -> None:
        found = 0
        for name, text in words():
            for line in re.findall(r"python -m bot ([^`\n\"|&;#（，。；]+)", text):
                found += 1
                assert_is_a_command(line.split(), name)
        assert found > 30

    def test_every_link_inside_leads_somewhere(self) -> None:
        for name, text in words():
            anchors = set(re.findall(r"^#+ (\S+)$", text, re.MULTILINE))
            assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors | {"try-it"}, name

    def test_every_file_that_is_named_is_there(self) -> None:
        for name, text in words():
            for one in re.findall(r"`((?:deploy|catalog_data|bot|tests|nlu)/[\w./@-]+)`", text):
                assert list(ROOT.glob(one.rstrip("/") + "*")), f"{name}: {one}"

    def test_the_index_has_everything(self) -> None:
        index = (DEPLOY / "README.md").read_text(encoding="utf-8")
        for path in DEPLOY.iterdir():
            if path.name not in ("README.md", "pictures"):
                assert f"`{path.name}" in index, path.name


def assert_is_a_command(words_: list[str], where: str) -> None:
    """The command and each of its options are known."""
    command, rest = _COMMANDS, list(words_)
    while rest and hasattr(command, "get_command") and command.get_command(None, rest[0]):
        command = command.get_command(None, rest.pop(0))
    assert not hasattr(command, "get_command"), f"{where}: {' '.join(words_)}"
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    unknown = [word for word in rest if word.startswith("--") and word.partition("=")[0] not in options]
    assert not unknown, f"{where}: {' '.join(words_)}"
