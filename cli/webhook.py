"""`wenqi webhook …`: endpoints of bureau systems."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from cli.options import VAR, opened

EVENTS = click.option("--event", "events", multiple=True, help="Only this type (repeatable).")
ENDPOINT = click.argument("endpoint", type=int)


@click.group()
def webhook() -> None:
    """Push events to bureaus' own systems."""


@webhook.command()
@VAR
@click.argument("bureau")
@click.argument("url")
@EVENTS
@click.option(
    "--client",
    type=int,
    metavar="TOKEN",
    help="Only the events of what this sending system filed: the number of its first token.",
)
def add(folder: Path, bureau: str, url: str, events: tuple[str, ...], client: int | None) -> None:
    """Register URL for the events of BUREAU's cases, from now on."""
    from casework.delivery import webhooks

    with opened(folder) as (db, settings):
        made, secret = webhooks.add(
            db, settings, bureau=bureau, client=client, url=url, event_types=events
        )
    click.echo(f"endpoint {made}")
    click.echo(f"secret   {secret}")
    click.echo("The secret is shown only now; hand it to the receiver over a safe way.")


@webhook.command("list")
@VAR
def list_(folder: Path) -> None:
    """Show every endpoint and how it fares."""
    from casework.delivery import webhooks

    with opened(folder) as (db, _):
        endpoints = webhooks.list_all(db)
    for one in endpoints:
        state = "live"
        if one.disabled_at is not None:
            state = f"disabled ({one.disabled_reason})"
        elif one.closed_until is not None:
            state = f"resting until {one.closed_until:%Y-%m-%d %H:%M:%S%z}"
        click.echo(
            f"{one.id}  {one.bureau}{f' (token {one.client})' if one.client else ''}  {one.url}"
            f"  {state}  events: "
            f"{', '.join(one.event_types) or 'all'}  secrets: {one.secrets}  "
            f"pending {one.pending}, sent {one.sent}, failed {one.failed}"
        )
    if not endpoints:
        click.echo("no endpoints")


@webhook.command()
@VAR
@ENDPOINT
@click.option("--overlap-hours", type=click.IntRange(0, 720), default=24, show_default=True)
def rotate(folder: Path, endpoint: int, overlap_hours: int) -> None:
    """Make a new secret; the one before signs along for a while."""
    from casework.delivery import webhooks

    with opened(folder) as (db, settings):
        secret = webhooks.rotate(db, settings, endpoint, overlap=timedelta(hours=overlap_hours))
    click.echo(f"secret   {secret}")


@webhook.command()
@VAR
@ENDPOINT
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Everything from then on (Asia/Shanghai), not only what failed.",
)
def replay(folder: Path, endpoint: int, since: datetime | None) -> None:
    """Send again what failed, under the same ids."""
    from casework.delivery import webhooks
    from vocabulary.zone import CHINA

    moment = since.replace(tzinfo=CHINA) if since else None
    with opened(folder) as (db, _):
        count = webhooks.replay(db, endpoint, since=moment)
    click.echo(f"{count} deliveries are on their way again")


@webhook.command()
@VAR
@ENDPOINT
def disable(folder: Path, endpoint: int) -> None:
    """Send nothing more to an endpoint."""
    from casework.delivery import webhooks

    with opened(folder) as (db, _):
        webhooks.disable(db, endpoint)
    click.echo(f"endpoint {endpoint} is disabled")


@webhook.command()
@VAR
@ENDPOINT
def enable(folder: Path, endpoint: int) -> None:
    """Send to a disabled endpoint again; see replay for what it missed."""
    from casework.delivery import webhooks

    with opened(folder) as (db, _):
        webhooks.enable(db, endpoint)
    click.echo(f"endpoint {endpoint} is enabled")


@webhook.command()
@VAR
@ENDPOINT
@click.option("--url", help="Send there instead.")
@EVENTS
@click.option("--all-events", is_flag=True, help="Every type that is published.")
def edit(
    folder: Path, endpoint: int, url: str | None, events: tuple[str, ...], *, all_events: bool
) -> None:
    """Point an endpoint elsewhere or ask for other events; its secret stays."""
    from casework.delivery import webhooks

    wanted = () if all_events else events or None
    with opened(folder) as (db, settings):
        webhooks.change(db, settings, endpoint, url=url, event_types=wanted)
    click.echo(f"endpoint {endpoint} is changed")


@webhook.command()
@VAR
@ENDPOINT
def remove(folder: Path, endpoint: int) -> None:
    """Send nothing more to an endpoint and forget its secrets."""
    from casework.delivery import webhooks

    with opened(folder) as (db, _):
        webhooks.remove(db, endpoint)
    click.echo(f"endpoint {endpoint} is removed")


@webhook.command("test")
@VAR
@ENDPOINT
def send_test(folder: Path, endpoint: int) -> None:
    """Send a test event; see attempts for what came of it."""
    from casework.delivery import webhooks

    with opened(folder) as (db, _):
        webhooks.send_test(db, endpoint)
    click.echo(f"a test event is on its way; see wenqi webhook attempts {endpoint}")


@webhook.command()
@VAR
@ENDPOINT
def attempts(folder: Path, endpoint: int) -> None:
    """Show what the latest attempts came to, newest first."""
    from casework.delivery import webhook_attempts
    from cli.tables import table
    from vocabulary.zone import CHINA

    with opened(folder) as (db, _):
        found = webhook_attempts.latest(db, endpoint).items
    rows = [
        (
            f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
            one.type,
            one.receipt or "",
            str(one.status or ""),
            one.error or one.answer or "",
        )
        for one in found
    ]
    click.echo(table(("at", "event", "receipt", "status", "what"), rows, right_aligned={3}))
