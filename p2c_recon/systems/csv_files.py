"""CSV as people export it: UTF-8 with and without BOM, UTF-16, Windows-1252; comma, semicolon or tab; line breaks inside quotes."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from p2c_recon.canonical import without_surrogates
from p2c_recon.errors import InputError

__all__ = ["CsvFile", "open_csv"]

DELIMITERS = ",;\t"
HEAD_BYTES = 1 << 20
LEADING = re.compile(r'(?:[ \t]*(?:\r\n|\r|\n))*(?:"?sep=(?P<sign>.)"?[ ]*(?:\r\n|\r|\n|$))?(?:[ \t]*(?:\r\n|\r|\n))*', re.IGNORECASE)
"""Blank lines before the headers, and the line in which Excel names the delimiter."""

BLOCK_BYTES = 1 << 24
"""Rows longer than this can't be read; Dataverse's longest text column holds a million characters."""


@dataclass(frozen=True)
class CsvFile:
    """A CSV file that was looked at: how it is written, and its headers."""

    path: Path
    encoding: str
    fallback: str | None
    delimiter: str
    skip: int
    names: tuple[str, ...]
    has_rows: bool

    def read(self, positions: Sequence[int]) -> list[pa.ChunkedArray]:
        """Return the columns at these positions as text.

        Raises
        ------
        InputError
            A row has more or fewer fields than the header, or the file is in no known encoding.
        """
        if not self.has_rows:
            return [pa.chunked_array([], pa.large_string()) for _ in positions]
        try:
            return self._parse(str(self.path) if self.encoding == "utf-8" else self._recoded(), positions)
        except pa.ArrowInvalid as exc:
            if "UTF8" not in str(exc):
                raise self._explain(exc) from None
        except OSError as exc:
            raise InputError(f"{self.path.name}: cannot be read ({exc.strerror}). Check the file and its permissions.") from None
        try:
            return self._parse(self._recoded(), positions)
        except pa.ArrowInvalid as exc:
            raise self._explain(exc) from None

    def _recoded(self) -> pa.BufferReader:
        return pa.BufferReader(self._text().encode("utf-8"))

    def _parse(self, source: str | pa.BufferReader, positions: Sequence[int]) -> list[pa.ChunkedArray]:
        wanted = [f"c{position}" for position in positions]
        table = arrow_csv.read_csv(
            source,
            read_options=arrow_csv.ReadOptions(
                column_names=[f"c{position}" for position in range(len(self.names))],
                skip_rows=self.skip,
                skip_rows_after_names=1,
                block_size=BLOCK_BYTES,
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=wanted, column_types=dict.fromkeys(wanted, pa.large_string()), strings_can_be_null=False
            ),
        )
        return [table.column(name) for name in wanted]

    def _text(self) -> str:
        return _decode(self.path.read_bytes(), self.encoding, self.path.name, self.fallback)

    def _explain(self, exc: pa.ArrowInvalid) -> InputError:
        """Find the row that Arrow stumbled on, and say it in the file's own terms."""
        expected = len(self.names)
        rows = csv.reader(io.StringIO(self._text(), newline=""), delimiter=self.delimiter)
        for _ in range(self.skip):
            next(rows, None)
        for number, row in enumerate(rows):
            if row and len(row) != expected:
                more = "more" if len(row) > expected else "fewer"
                return InputError(
                    f"{self.path.name}: row {number + 1} (line {rows.line_num}) has {len(row)} fields, {more} than the {expected} headers. "
                    f"Put text that holds {self.delimiter!r} or a line break into quotes, or export as .xlsx."
                )
        return InputError(f"{self.path.name}: not readable as CSV: {str(exc).splitlines()[0]}. Export it again, or as .xlsx.")


def open_csv(path: Path, encoding: str | None = None) -> CsvFile:
    """Look at the beginning of a CSV file: its encoding, its delimiter, its headers.

    Parameters
    ----------
    path
        The file.
    encoding
        Encoding of the project file, tried where the bytes don't tell.

    Raises
    ------
    InputError
        The file is empty, or in no known encoding.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as exc:
        raise InputError(f"{path.name}: cannot be read ({exc.strerror}). Check the file and its permissions.") from None
    if not head.strip(b"\x00\xff\xfe\xef\xbb\xbf \t\r\n"):
        raise InputError(f"{path.name}: the file is empty, without even a header row. Export it again, or remove it.")
    known = _encoding(head)
    csv.field_size_limit(BLOCK_BYTES)
    text = _decode(head[: len(head) // 4 * 4] if len(head) == HEAD_BYTES else head, known or "utf-8", path.name, encoding, partial=True)
    leading = LEADING.match(text)
    before, delimiter = (leading[0], leading["sign"] or "") if leading else ("", "")
    body = text[len(before) :]
    best: list[str] = []
    follow = True
    for candidate in delimiter or DELIMITERS:
        lines = io.StringIO(body, newline="")
        row = next(csv.reader(lines, delimiter=candidate), [])
        if len(row) > len(best):
            best, delimiter = row, candidate
            follow = bool(lines.read(1)) or len(head) == HEAD_BYTES
    return CsvFile(path, known or "utf-8", encoding, delimiter, len(before.splitlines()), tuple(best), follow)


def _encoding(head: bytes) -> str | None:
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return name
    if b"\x00" in head[1:64:2] and b"\x00" not in head[0:64:2]:
        return "utf-16-le"
    if b"\x00" in head[0:64:2] and b"\x00" not in head[1:64:2]:
        return "utf-16-be"
    return None


def _decode(raw: bytes, encoding: str, name: str, fallback: str | None = None, *, partial: bool = False) -> str:
    """Decode a file. What claims no encoding is UTF-8, else the project's, else Windows-1252; unpaired surrogates become U+FFFD."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        return without_surrogates(decoder.decode(raw, final=not partial)).removeprefix("\ufeff")
    except UnicodeError as exc:
        if encoding != "utf-8":
            raise InputError(f"{name}: not valid {encoding} ({exc.__class__.__name__}). Export it again as UTF-8.") from None
    lenient = raw.decode("utf-8", "replace")
    wrong = lenient.count("\ufffd")
    if sum(character > "\x7f" for character in lenient) - wrong > wrong:
        line = lenient[: lenient.index("\ufffd")].count("\n") + 1
        raise InputError(f"{name}: line {line} holds bytes that are not UTF-8, as the rest of the file is. Save the whole file as UTF-8.")
    try:
        return raw.decode(fallback or "cp1252")
    except LookupError:
        raise InputError(f"{name}: encoding {fallback!r} of the project file is not known. Write e.g. 'cp1250' or 'utf-8'.") from None
    except UnicodeDecodeError as exc:
        raise InputError(
            f"{name}: neither UTF-8, UTF-16 nor {fallback or 'Windows-1252'} (byte {exc.start}). "
            "Save it as UTF-8, or set encoding in the project file."
        ) from None
