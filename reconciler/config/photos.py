"""Pictures of the project. Their content is never in memory as a whole, and never in anything but a digest."""

import hashlib
from pathlib import Path

from reconciler.model.words import cited

MOST = 5 * 1024 * 1024  # bytes, of one picture
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")  # of JPEG and of PNG
_CHUNK = 1024 * 1024


def photo_problem(path: Path, name: str) -> tuple[str, str] | None:
    """Why the file can't be a photo, as a diagnostic's code and detail. `name` is what the files call it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            beginning = stream.read(max(map(len, _BEGINNINGS)))
    except OSError as failure:
        why = (failure.strerror or "the system does not say why").lower()
        return "RC0101", f"The file {cited(name)} can't be read: {why}."
    if not beginning.startswith(_BEGINNINGS):
        return "RC0206", f"{cited(name)} is not a photo: it does not begin like a JPEG or PNG file. Save it as JPEG."
    if size > MOST:
        shown = f"{size / 1024 / 1024:.1f} MB"
        return "RC0204", f"The photo {cited(name)} has {shown}; at most 5 MB are possible. Save a smaller one."
    return None


def photo_digest(path: Path) -> str:
    """The SHA-256 of a photo's content. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
