"""Files that are ZIP archives inside (Excel, Word), made byte-stable."""

from __future__ import annotations

import io
import re
import zipfile

MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def without_times(data: bytes) -> bytes:
    """Replace the moments that an Excel or Word file records by a fixed one.

    The same content then gives the same bytes.
    """
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(result, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                content = MOMENT.sub(b"2000-01-01T00:00:00Z", content)
            fixed = zipfile.ZipInfo(entry.filename, (2000, 1, 1, 0, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(fixed, content)
    return result.getvalue()
