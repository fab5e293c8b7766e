"""Environment variables → typed settings; every fault is listed at once, at start-up, not at the first night's use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env, EnvValidationError
from marshmallow import ValidationError
from marshmallow.validate import OneOf, Range

from shared.crypto.field_encryption import check_masters
from shared.kernel.ids import new_id


@dataclass(frozen=True)
class Settings:
    """What one process is told: `communities` is empty for a district-wide service; `instance` names this very process;
    `outside_private`: messages may be sent to servers with private addresses (a district's own mail server has one);
    `live_per_account` and `live_per_address`: live pages open at once at this process (sixty people behind one address with
    three each are 180)."""

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
    sealing_public_key: Path | None
    sealing_private_key: Path | None
    outside_private: bool
    public_origin: str
    community_origins: Mapping[str, str]
    field_key: Path | None
    first_operator: tuple[str, str] | None
    live_per_account: int
    live_per_address: int
    demo: bool
    log_level: str


def read_settings(service: str, *, per_community: bool, has_vault: bool = False) -> Settings:
    """Reads the environment; one that `has_vault` needs FIELD_KEY. Raises EnvValidationError naming every variable at fault."""
    env = Env(eager=False)
    communities: list[str] = env.list("COMMUNITIES", [], validate=_communities(needed=per_community))
    operator = env.str("FIRST_OPERATOR_USER", ""), env.str("FIRST_OPERATOR_PASSWORD", "")
    settings = Settings(
        service=service,
        instance=f"{service}-{new_id()}",
        communities=tuple(communities or []),
        http_address=env.str("HTTP_ADDRESS", "127.0.0.1:8000", validate=_address),
        amqp_uri=env.str("AMQP_URI", validate=_scheme("amqp", "amqps")),
        amqp_passwords=env.dict("AMQP_PASSWORDS", {}, validate=_one_for_each(communities or [service])),
        mongodb_uri=env.str("MONGODB_URI", validate=_scheme("mongodb", "mongodb+srv")),
        database_prefix=env.str("DATABASE_PREFIX", "lianfang"),
        token_public_keys=env.path("TOKEN_PUBLIC_KEYS", validate=_file),
        token_signing_key=env.path("TOKEN_SIGNING_KEY", None, validate=_file),
        token_audience=env.str("TOKEN_AUDIENCE", "district"),
        sealing_public_key=env.path("SEALING_PUBLIC_KEY", None, validate=_file),
        sealing_private_key=env.path("SEALING_PRIVATE_KEY", None, validate=_file),
        outside_private=env.bool("OUTSIDE_PRIVATE_ADDRESSES", False),
        public_origin=env.str("PUBLIC_ORIGIN", validate=_scheme("http", "https")),
        community_origins=env.dict("COMMUNITY_ORIGINS", {}, validate=_origins),
        field_key=env.path("FIELD_KEY", validate=_master_keys) if has_vault else None,
        first_operator=operator if all(operator) else None,
        live_per_account=env.int("LIVE_PER_ACCOUNT", 40, validate=Range(min=1)),
        live_per_address=env.int("LIVE_PER_ADDRESS", 400, validate=Range(min=1)),
        demo=env.bool("DEMO", False),
        log_level=env.str("LOG_LEVEL", "INFO", validate=OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])),
    )
    env.seal()
    return settings


def _one_for_each(speakers: list[str]) -> Callable[[dict[str, str]], None]:
    def check(passwords: dict[str, str]) -> None:
        missing = [one for one in speakers if one not in passwords]
        if passwords and missing:
            raise ValidationError(f"no password for {', '.join(missing)}")

    return check


def _communities(*, needed: bool) -> Callable[[list[str]], None]:
    def check(value: list[str]) -> None:
        if needed and not value:
            raise ValidationError("this service runs per community: name at least one")
        if value and not needed:
            raise ValidationError("this service serves the whole district and takes no communities")

    return check


def _scheme(*schemes: str) -> Callable[[str], None]:
    def check(value: str) -> None:
        if urlsplit(value).scheme not in schemes:
            raise ValidationError(f"must begin with {' or '.join(f'{one}://' for one in schemes)}")

    return check


def _origins(value: dict[str, str]) -> None:
    for origin in value.values():
        _scheme("http", "https")(origin)


def _address(value: str) -> None:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit():
        raise ValidationError("must be host:port")


def _file(value: Path | None) -> None:
    if value is not None and not value.is_file():
        raise ValidationError(f"there is no file {value}")


def _master_keys(value: Path) -> None:
    _file(value)
    try:
        check_masters(value)
    except ValueError as fault:
        raise ValidationError(str(fault)) from fault


__all__ = ["EnvValidationError", "Settings", "read_settings"]
