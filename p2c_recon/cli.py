"""The command ``p2c-recon``: thin callers of the package, with exit status 0 (nothing to report), 1 (findings), 2 (failed)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from p2c_recon.errors import P2CError

__all__ = ["main"]

FOLDER = click.Path(path_type=Path)
CONFIG = click.option("--config", type=FOLDER, help="Project file (p2c_recon.toml) with mappings, value maps and settings of your own.")

AT_ONCE = 1_000_000
"""Sample contacts made in one piece; more are made and written part by part."""


class _Group(click.Group):
    """Turns every error that p2c_recon raises on purpose into one message and exit status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except P2CError as exc:
            click.echo(f"p2c-recon: {exc}", err=True)
            ctx.exit(2)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as exc:
            if "P2C_TRACEBACK" in os.environ:
                raise
            click.echo(f"p2c-recon: unexpected {type(exc).__name__}: {exc}. Set P2C_TRACEBACK=1 to see where, and report it.", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo("p2c-recon: stopped; nothing was written.", err=True)
            ctx.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="p2c-recon", prog_name="p2c-recon")
def main() -> None:
    """Reconcile Dynamics 365 Sales with Dynamics 365 Finance and Operations.

    Routes every Sales contact and account to where Prospect to cash sends it, checks that it is there and agrees, and says why not.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@main.command()
@click.option("--sales", type=FOLDER, required=True, help="Folder with the exports of Sales: contacts, accounts, quotes, ...")
@click.option("--finops", type=FOLDER, required=True, help="Folder with the exports of F&O: CustomersV2, CDSContactPersons, ...")
@click.option("--company", help="Legal entity (dataAreaId), e.g. usmf. The project file may name it instead.")
@click.option("--out", type=FOLDER, help="Run folder to write.  [default: runs/<company>-<run id>]")
@CONFIG
@click.option("--no-workbook", is_flag=True, help="Leave out mismatches.xlsx and report.html.")
def reconcile(sales: Path, finops: Path, company: str | None, out: Path | None, config: Path | None, no_workbook: bool) -> None:
    """Reconcile two folders of exports (.csv, .xlsx, .parquet).

    Exit status: 0 nothing to report, 1 findings, 2 the run failed.
    """
    from p2c_recon.reports.terminal import print_run, progress
    from p2c_recon.run import reconcile_folders

    with progress() as say:
        run = reconcile_folders(sales, finops, company=company, out=out, config=config, workbook=not no_workbook, say=say)
    print_run(run.summary, run.folder)
    sys.exit(1 if len(run.result.findings) else 0)


@main.command()
@click.option("--out", type=FOLDER, default=Path("p2c-demo"), show_default=True, help="Run folder to write.")
def demo(out: Path) -> None:
    """Reconcile the sample data that comes with the package, and say in plain words what was found."""
    from p2c_recon.package_files import shipped
    from p2c_recon.reports.terminal import print_run, print_story, progress
    from p2c_recon.run import reconcile_folders

    data = shipped("data")
    click.echo(f"Sample data: {data}")
    with progress() as say:
        run = reconcile_folders(data / "sales", data / "finops", company="usmf", out=out, say=say)
    print_story(run.summary, run.result.ledger)
    print_run(run.summary, run.folder)


@main.command()
@click.option("--task", help="Show this task only, by its name.")
@click.option("--format", "form", type=click.Choice(["table", "csv"]), default="table", show_default=True, help="How to print.")
@CONFIG
def templates(task: str | None, form: str, config: Path | None) -> None:
    """Show the field mappings as the Data Integrator screen does, the project's own included."""
    from p2c_recon.errors import ProjectError, did_you_mean
    from p2c_recon.project import load_project
    from p2c_recon.reports.terminal import print_mappings
    from p2c_recon.templates import load_tasks
    from p2c_recon.templates.listing import mappings_csv

    tasks = load_tasks(load_project(config))
    chosen = [each for each in tasks if task is None or each.name.casefold() == task.casefold()]
    if not chosen:
        names = sorted({each.name for each in tasks})
        raise ProjectError(f"no template has a task {task!r}{did_you_mean(task or '', names)}. Tasks: {', '.join(names)}.")
    if form == "csv":
        click.echo(mappings_csv(chosen), nl=False)
    else:
        print_mappings(chosen)


@main.command()
@click.option("--contacts", type=click.IntRange(min=1), default=200, show_default=True, help="How many Sales contacts.")
@click.option("--out", type=FOLDER, required=True, help="Folder to write: sales/ and finops/ in it.")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx", "parquet"]), default="csv", show_default=True)
@click.option("--display-names", is_flag=True, help="Write the Sales side with the labels of Export to Excel.")
@click.option("--company", default="usmf", show_default=True, help="Legal entity of the data.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same data.")
def sample(contacts: int, out: Path, form: str, display_names: bool, company: str, seed: int) -> None:
    """Make sample data with errors of every sort, for training and for trying things out."""
    from p2c_recon.sandbox.export import write, write_parts
    from p2c_recon.sandbox.generator import generate, generate_parts

    if contacts > AT_ONCE and (form != "parquet" or display_names):
        raise P2CError(f"more than {AT_ONCE:,} contacts come as Parquet with Web API names only. Add --format parquet.")
    if contacts > AT_ONCE:
        made = write_parts(generate_parts(contacts, seed=seed, company=company, rows_per_part=AT_ONCE), out)
    else:
        made = write(generate(contacts, seed=seed, company=company), out, format=form, display_names=display_names)
    click.echo(f"Wrote {len(made)} files into {out}.")
    click.echo(f"Reconcile them: p2c-recon reconcile --sales {out / 'sales'} --finops {out / 'finops'} --company {company} --out run")
