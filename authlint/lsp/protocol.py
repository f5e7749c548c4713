"""The protocol of pygls, where it leaves a client waiting."""

from __future__ import annotations

from typing import Any

from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol


class Protocol(LanguageServerProtocol):
    """Answers every request, also one that it cannot read."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message as an object of the protocol."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "jsonrpc" in data and "method" in data and "id" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise
