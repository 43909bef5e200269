"""In which encoding a text file is written, told by its bytes alone."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from coproduction.errors import StudyError

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
PIECE = 1 << 20
# Chinese as people write it is almost all in the 6,763 characters of GB 2312; other encodings read
# as GB18030 give rare characters.
USUAL_SHARE = 0.7


def encoding_of(data: bytes, source: str) -> str:
    """Find the encoding of a text file: UTF-8, UTF-16 with byte-order mark, or GB18030.

    Parameters
    ----------
    data
        Content of the file.
    source
        Name of the file, for messages.

    Raises
    ------
    StudyError
        If the file is empty, is no text, or is in another or in a damaged encoding.
    """
    content = data.removeprefix(UTF8_MARK)
    if not content or content.isspace():
        raise StudyError(f"{source} is empty: export it again.")
    if data.startswith(b"PK\x03\x04"):
        raise StudyError(f"{source} is an Excel or zip file: save it as CSV (UTF-8) first.")
    if data.startswith(UTF16_MARKS):
        if _is(data, "utf-16"):
            return "utf-16"
        raise _unreadable(source)
    if b"\x00" in data:
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        raise StudyError(
            f"{source}, line {line}: a NUL byte, which no text holds; the file is damaged or no "
            "CSV, export it again as CSV (UTF-8)."
        )
    if _is(data, "utf-8"):
        _check_doubling(data, source)
        _check_ambiguity(data, source)
        return "utf-8-sig"
    _check_damage(data, source)
    if _is(data, "gb18030") and _usual_share(data) >= USUAL_SHARE:
        return "gb18030"
    raise _unreadable(source)


def decode(data: bytes, source: str) -> str:
    """Decode the bytes of a text file; refuse what is no text."""
    return data.decode(encoding_of(data, source))


def _pieces(data: bytes, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(data), PIECE):
        yield decoder.decode(data[start : start + PIECE])
    yield decoder.decode(b"", final=True)


def _is(data: bytes, encoding: str) -> bool:
    try:
        return not any("\x00" in piece for piece in _pieces(data, encoding))
    except UnicodeDecodeError:
        return False


def _check_damage(data: bytes, source: str) -> None:
    """Refuse UTF-8 with a few broken bytes, which would read as GB18030 with wrong characters."""
    text = data.decode("utf-8", errors="replace")
    place = text.index("\ufffd")
    around = text[max(0, place - PIECE) : place + PIECE]
    broken = around.count("\ufffd")
    whole = sum(map(len, _beyond_ascii(around))) - broken
    if whole > broken or data.startswith(UTF8_MARK):
        line = text.count("\n", 0, place) + 1
        raise StudyError(
            f"{source}, line {line}: the file is UTF-8, but here are bytes that are not; it was "
            "cut or edited, export it again."
        )


def _check_doubling(data: bytes, source: str) -> None:
    """Refuse text whose bytes were taken for Latin-1 and encoded once more."""
    content = data.removeprefix(UTF8_MARK)
    if content.isascii() or re.search(rb"[\xc4-\xff]", content):
        return
    once = content.decode("utf-8").encode("latin-1")
    if _is(once, "utf-8"):
        raise StudyError(
            f"{source} was encoded as UTF-8 twice, so that its letters are lost: export it again, "
            "and do not open and save it in between."
        )


def _check_ambiguity(data: bytes, source: str) -> None:
    """Refuse the few GB 2312 characters that are UTF-8 as well, in a file that holds no others.

    In UTF-8 they read as letters from Latin Extended to Syriac, never as Latin-1 or Chinese.
    """
    if data.isascii() or data.startswith(UTF8_MARK) or re.search(rb"[\xc2\xc3\xe0-\xff]", data):
        return
    if _is(data, "gb18030") and _usual_share(data) == 1:
        raise StudyError(
            f"{source} can be read as UTF-8 and as GB18030, with different letters: save it as "
            "UTF-8 with a byte-order mark (in Excel: CSV UTF-8)."
        )


def _usual_share(data: bytes) -> float:
    """Share of the two-byte characters of GB18030 that Chinese texts use; 1 if there are none."""
    usual = every = 0
    for piece in _pieces(data, "gb18030"):
        for run in _beyond_ascii(piece):
            every += len(run.encode("gbk", errors="ignore")) // 2
            usual += len(run.encode("gb2312", errors="ignore")) // 2
        if every > PIECE:
            break
    return usual / every if every else 1.0


def _beyond_ascii(text: str) -> Iterator[str]:
    return (found[0] for found in re.finditer(r"[^\x00-\x7f]+", text))


def _unreadable(source: str) -> StudyError:
    return StudyError(
        f"{source} is not readable as text (neither UTF-8 nor GB18030): export it again as CSV "
        "(UTF-8)."
    )
