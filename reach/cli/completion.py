"""`reach completion`: the script that makes a shell complete commands, options and names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SETUP = {
    "bash": 'eval "$(reach completion bash)"   in ~/.bashrc',
    "zsh": 'eval "$(reach completion zsh)"    in ~/.zshrc',
    "fish": "reach completion fish > ~/.config/fish/completions/reach.fish",
}


@click.command(
    "completion",
    short_help="The completion script for a shell.",
    epilog="\b\n" + "\n".join(f"{shell:<5} {how}" for shell, how in SETUP.items()),
)
@click.argument("shell", type=click.Choice(tuple(SETUP)))
def completion(shell: str) -> None:
    """Print the completion script for SHELL."""
    found = get_completion_class(shell)
    assert found is not None
    root = click.get_current_context().find_root().command
    script = found(root, {}, "reach", "_REACH_COMPLETE")
    # `source()` would start the user's bash to look at its version.
    click.echo(script.source_template % script.source_vars())
