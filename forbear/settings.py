"""Settings from the environment (`FORBEAR_…`) and one TOML file, named by `FORBEAR_SETTINGS`.

Every process of an installation reads the same file. `forbear up` writes it, with fresh secrets, on its first
start. Temporal's address comes from the standard `TEMPORAL_…` variables and profiles, so it is not here.
"""

import os
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

SETTINGS_VARIABLE = "FORBEAR_SETTINGS"
Role = Literal["migrator", "api", "worker", "relay", "staff"]


class LetterPrice(BaseModel):
    """The price of a letter of one page, and of each further page."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    first: Decimal = Field(ge=0)
    further: Decimal = Field(default=Decimal(0), ge=0)
    currency: str = Field(pattern="^[A-Z]{3}$")

    def of(self, pages: int) -> Decimal:
        return self.first + self.further * (pages - 1)


class Settings(BaseSettings):
    """One installation. Lengths of keys are in bytes before base64."""

    model_config = SettingsConfigDict(env_prefix="FORBEAR_", extra="ignore", frozen=True)

    data: Path = Path("var/forbear")
    """Folder for files we own: audit heads, logs, the embedded services' data."""

    database_url: str = "postgresql+psycopg://127.0.0.1:54329/forbear"
    """Host, port and database; each role's name and password are put in by `database_url_for`."""
    password_migrator: SecretStr = SecretStr("")
    password_api: SecretStr = SecretStr("")
    password_worker: SecretStr = SecretStr("")
    password_relay: SecretStr = SecretStr("")
    password_staff: SecretStr = SecretStr("")

    master_key: SecretStr = SecretStr("")
    """32 bytes, base64. Wraps the data key of every person."""
    match_key: SecretStr = SecretStr("")
    """32 bytes, base64. Keys the hashes by which persons and numbers are matched."""
    audit_key: SecretStr = SecretStr("")
    """32 bytes, base64. Chains the audit rows; never stored in the database."""
    token_key: SecretStr = SecretStr("")
    """32 bytes, base64. Signs callback addresses and cursors."""
    codec_keys: dict[str, SecretStr] = Field(default_factory=dict)
    """Key id to 32 bytes, base64. All of them decrypt Temporal payloads."""
    codec_key: str = ""
    """The id of the key that encrypts new payloads."""

    public_url: str = "http://127.0.0.1:8000"
    """The address under which borrowers and providers reach the API; signatures are checked against it."""
    api_host: str = "127.0.0.1"
    api_port: int = 8000
    rate_reading: str = "12000/minute"
    """Calls of one key to one process of the API, as `number/second`, `/minute`, `/hour`; empty: as many as come."""
    rate_acting: str = "6000/minute"
    """Likewise, calls that create or change something."""
    rate_importing: str = "60/minute"
    """Likewise, files."""
    rate_identity: str = "240/minute"
    """Guesses at the pages' identity check from one address; behind a proxy, see the operating guide."""
    loopback_codec: bool = False
    """Serve the decode-only codec endpoint to the Web UI of this machine. `forbear up` turns it on."""
    ui_origin: str = "http://127.0.0.1:8233"
    """The Web UI's origin: the only one the codec endpoint answers."""

    sandbox: bool = False
    """Providers are the sandbox. Then every provider address must be loopback; without it none may be set."""
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_base: str = ""
    """Where the carrier listens; only for the sandbox."""
    aliyun_access_key_id: str = ""
    """The account for domestic texts in mainland China; without it that route is closed."""
    aliyun_access_key_secret: SecretStr = SecretStr("")
    aliyun_endpoint: str = ""
    """Host and port of the sandbox's provider; in production empty, or another of the provider's own hosts."""
    aliyun_push_secret: SecretStr = SecretStr("")
    """Part of the address to which the provider pushes, as it signs nothing; two with a comma while it is changed."""
    stripe_key: SecretStr = SecretStr("")
    stripe_webhook_secret: SecretStr = SecretStr("")
    stripe_base: str = ""
    """Where the payment provider listens; only for the sandbox."""
    lob_key: SecretStr = SecretStr("")
    """The account at Lob, which prints and posts letters in the United States; without it that route is closed."""
    lob_base: str = ""
    """Where the print house listens, with its path; only for the sandbox."""
    lob_webhook_secret: SecretStr = SecretStr("")
    """Signs Lob's events; two with a comma while it is changed. Without it none is believed."""
    letter_prices: dict[str, LetterPrice] = Field(default_factory=dict)
    """What a letter costs by contract, by `provider.service` such as `lob.certified`; of others it is unknown."""
    signing_certificate: Path | None = None
    """A PKCS#12 file with the certificate and key that sign packets; without it none is signed."""
    signing_passphrase: SecretStr = SecretStr("")

    namespace: str = "forbear"
    upkeep_seconds: float = 15.0
    """Machine seconds between two rounds of sweep, reconciliation and sealing."""
    lease_seconds: float = 45.0
    """Machine seconds a claim may stay undispatched; longer than the contact activity's time-out."""
    worker_threads: int = 16
    log_level: str = "info"

    def database_url_for(self, role: Role) -> str:
        """The SQLAlchemy URL under which one of the four database roles connects."""
        from sqlalchemy.engine import make_url

        password: SecretStr = getattr(self, f"password_{role}")
        url = make_url(self.database_url).set(username=f"forbear_{role}", password=password.get_secret_value())
        return url.render_as_string(hide_password=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the file."""
        del dotenv_settings, file_secret_settings
        named = os.environ.get(SETTINGS_VARIABLE)
        file = TomlConfigSettingsSource(settings_cls, toml_file=Path(named) if named else None)
        return init_settings, env_settings, file
