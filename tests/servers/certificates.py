"""A certificate for 127.0.0.1 and the authority that signed it, made anew for each run."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import trustme


@dataclass(frozen=True, slots=True)
class LoopbackCertificate:
    """Three PEM files; a client that is given `ca_path` trusts the server, any other client does not."""

    ca_path: Path
    chain_path: Path
    key_path: Path

    @classmethod
    def made_in(cls, folder: Path) -> Self:
        """Writes the files into an existing folder."""
        authority = trustme.CA()
        identity = authority.issue_cert("127.0.0.1", "localhost")
        made = cls(ca_path=folder / "ca.pem", chain_path=folder / "server.pem", key_path=folder / "server.key")
        authority.cert_pem.write_to_path(str(made.ca_path))
        made.chain_path.write_bytes(b"".join(blob.bytes() for blob in identity.cert_chain_pems))
        identity.private_key_pem.write_to_path(str(made.key_path))
        return made

    def server_context(self) -> ssl.SSLContext:
        """For a server that shows this certificate."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.chain_path, self.key_path)
        return context

    def client_context(self) -> ssl.SSLContext:
        """For a client that trusts this authority and nobody else."""
        return ssl.create_default_context(cafile=str(self.ca_path))
