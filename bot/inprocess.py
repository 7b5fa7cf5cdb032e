"""Runs the custom actions in this process: the same code as `rasa run actions`, without HTTP."""

from typing import Any, Optional

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessActions(EndpointConfig):  # type: ignore[misc]  # Rasa's base class is untyped
    """An action endpoint whose request is a function call."""

    def __init__(self, package: str = "actions") -> None:
        super().__init__()
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(
        self,
        method: str = "post",
        subpath: Optional[str] = None,
        content_type: Optional[str] = None,
        compress: bool = False,
        return_method: str = "json",
        **kwargs: Any,
    ) -> Any:
        return await self._executor.run(kwargs["json"])
