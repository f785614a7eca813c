"""`wenqi message …`: what messages look like."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import VAR, opened, without_servers

CHANNELS = ("inbox", "portal", "email", "webhook", "dingtalk", "wecom", "sms")


@click.group()
def message() -> None:
    """Messages to bureaus, enterprises and their systems."""


@message.command()
@VAR
@click.argument("event")
@click.argument("channel", type=click.Choice(CHANNELS))
@click.option(
    "--to", type=click.Choice(["bureau", "enterprise"]), default="bureau", show_default=True
)
@click.option("--sample", help="A bundled sample (default: the first).")
@click.option("--receipt", help="A real application and its latest EVENT instead of a sample.")
def preview(
    folder: Path, event: str, channel: str, to: str, sample: str | None, receipt: str | None
) -> None:
    """Print the message about EVENT (application.assessed, visit.reminded, ...) over CHANNEL."""
    from casework.delivery import preview as use_case
    from vocabulary.deliveries import Channel, RecipientKind
    from vocabulary.events import EventType

    known = sorted(kind for kind in EventType if kind.is_on_timeline)
    if event not in known:
        raise click.ClickException(f"EVENT is one of: {', '.join(known)}")
    way, kind = Channel(channel), RecipientKind(to)
    told = sorted(each for each in known if EventType(each).audience.is_told(kind))
    if way is not Channel.WEBHOOK and event not in told:
        raise click.ClickException(f"No {to} is told of {event}, but of: {', '.join(told)}")
    if receipt is not None:
        with opened(folder) as (db, settings):
            text = use_case.of_application(db, settings, event, way, receipt, kind)
    else:
        text = use_case.of_sample(without_servers(), event, way, _sample(sample), kind)
    click.echo(text)


def _sample(name: str | None) -> dict[str, object]:
    from cli.demo.samples import load_samples

    samples = load_samples()
    chosen = [one for one in samples if name is None or one.name == name]
    if not chosen:
        raise click.ClickException(f"The samples are: {', '.join(one.name for one in samples)}")
    return chosen[0].application
