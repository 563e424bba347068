"""TLS for both servers: always verified, against the system's authorities or the file named in the settings."""

import ssl

from mailbot.errors import BadSettings, Words
from mailbot.settings import Server


def client_context(server: Server) -> ssl.SSLContext:
    """A verifying context. Raises BadSettings if the named authority file cannot be used."""
    try:
        return ssl.create_default_context(cafile=str(server.ca_file) if server.ca_file else None)
    except OSError as error:
        raise BadSettings(
            where=str(server.ca_file),
            what=Words(f"файл сертификатов не читается ({error})", f"cannot use the CA file ({error})"),
            mend=Words("Исправьте ca_file или уберите его", "Mend ca_file or leave it out"),
        ) from error
