"""What can be refused about a webhook endpoint."""

from __future__ import annotations

from typing import Final

from casework.errors import Conflict, Invalid, NotFound

MOST_ENDPOINTS: Final = 20
"""Endpoints of one bureau or sending system."""


class EndpointRefused(Invalid):
    """The endpoint cannot be as asked; the message says why."""

    code = "endpoint_refused"
    title = "推送地址不可用"
    message = "推送地址不可用。"


class EndpointDisabled(EndpointRefused):
    """Nothing is sent there until it is enabled."""

    code = "endpoint_disabled"
    title = "推送地址已停用"
    message = "该推送地址已停用，请先启用。"


class EndpointSenderShut(EndpointRefused):
    """It is a sending system's that an operator has shut off: nothing is sent there until the
    system is let in again."""

    code = "endpoint_sender_shut"
    title = "推送地址的申报渠道已停用"
    message = "该推送地址属于已停用的申报渠道，申报渠道恢复后才能推送。"


class EndpointUnknown(NotFound):
    """There is no such endpoint."""

    code = "endpoint_unknown"
    title = "没有这个推送地址"
    message = "没有这个推送地址。"


class TooManyEndpoints(Conflict):
    """The owner has as many endpoints as may be."""

    code = "too_many_endpoints"
    title = "推送地址过多"
    message = f"最多登记{MOST_ENDPOINTS}个推送地址，请先删除不用的。"
