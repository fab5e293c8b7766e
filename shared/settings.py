"""Environment variables → typed settings; every fault is listed at once, at start-up, not at the first night's use."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env, EnvValidationError
from marshmallow import ValidationError

from shared.ids import new_id


@dataclass(frozen=True)
class Settings:
    """What one process is told: `communities` is empty for a district-wide service; `instance` names this very process."""

    service: str
    instance: str
    http_address: str
    communities: tuple[str, ...]
    amqp_uri: str
    amqp_passwords: Mapping[str, str]
    mongodb_uri: str
    database_prefix: str
    token_public_keys: Path
    token_signing_key: Path | None
    token_audience: str
    public_origin: str
    first_operator: tuple[str, str] | None
    demo: bool
    log_level: str


def read_settings(service: str, *, per_community: bool) -> Settings:
    """Reads the environment. Raises EnvValidationError naming every variable at fault."""
    env = Env(eager=False)
    communities = env.list("COMMUNITIES", [], validate=_communities(needed=per_community))
    operator = env.str("FIRST_OPERATOR_USER", ""), env.str("FIRST_OPERATOR_PASSWORD", "")
    values = {
        "http_address": env.str("HTTP_ADDRESS", "127.0.0.1:8000", validate=_address),
        "amqp_uri": env.str("AMQP_URI", validate=_scheme("amqp", "amqps")),
        "amqp_passwords": env.dict("AMQP_PASSWORDS", {}),
        "mongodb_uri": env.str("MONGODB_URI", validate=_scheme("mongodb", "mongodb+srv")),
        "database_prefix": env.str("DATABASE_PREFIX", "lianfang"),
        "token_public_keys": env.path("TOKEN_PUBLIC_KEYS", validate=_file),
        "token_signing_key": env.path("TOKEN_SIGNING_KEY", None, validate=_file),
        "token_audience": env.str("TOKEN_AUDIENCE", "district"),
        "public_origin": env.str("PUBLIC_ORIGIN", validate=_scheme("http", "https")),
        "demo": env.bool("DEMO", False),  # noqa: FBT003  (environs takes defaults by place)
        "log_level": env.log_level("LOG_LEVEL", "INFO"),
    }
    speakers = communities or [service]
    if values["amqp_passwords"] and (missing := [one for one in speakers if one not in values["amqp_passwords"]]):
        env._errors["AMQP_PASSWORDS"] = [f"no password for {', '.join(missing)}"]  # noqa: SLF001  (environs offers no other way to add one)
    env.seal()
    return Settings(
        service=service,
        instance=f"{service}-{new_id()}",
        communities=tuple(communities),
        first_operator=operator if all(operator) else None,
        **values,
    )


def _communities(*, needed: bool):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def check(value: list[str]) -> None:
        if needed and not value:
            raise ValidationError("this service runs per community: name at least one")
        if value and not needed:
            raise ValidationError("this service serves the whole district and takes no communities")

    return check


def _scheme(*schemes: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def check(value: str) -> None:
        if urlsplit(value).scheme not in schemes:
            raise ValidationError(f"must begin with {' or '.join(f'{one}://' for one in schemes)}")

    return check


def _address(value: str) -> None:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit():
        raise ValidationError("must be host:port")


def _file(value: Path | None) -> None:
    if value is not None and not value.is_file():
        raise ValidationError(f"there is no file {value}")


__all__ = ["EnvValidationError", "Settings", "read_settings"]
