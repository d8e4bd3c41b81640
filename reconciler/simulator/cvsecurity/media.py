"""Advertisements of FaceKiosk (manual 2.6)."""

import re

from reconciler.simulator.cvsecurity.call import Call, Result, Site
from reconciler.simulator.cvsecurity.codes import Refused
from reconciler.simulator.cvsecurity.store import Row

_TYPES = {"png": "1", "jpg": "1", "jpeg": "1", "bmp": "1", "gif": "1", "mp4": "2", "avi": "2", "wmv": "2"}
"""mediaType by the file's suffix: 1 is a picture, 2 a video."""


def add(site: Site, call: Call) -> Result:
    """adMedia/add: a form with the file and mediaName."""
    form = call.raw.decode("latin-1")
    name = re.search(r'name="mediaName"\r\n(?:[^\r]+\r\n)*\r\n(.*?)\r\n--', form, re.DOTALL)
    file = re.search(r'filename="([^"]*)"\r\n(?:[^\r]+\r\n)*\r\n(.*?)\r\n--', form, re.DOTALL)
    if name is None or file is None or not name[1].strip():
        raise Refused("program")
    suffix = file[1].rpartition(".")[2].lower()
    if suffix not in _TYPES:
        raise Refused("media_format")
    title = name[1].encode("latin-1").decode("utf-8", "replace").strip()
    row: Row = {
        "id": (site.store.get("media", title) or {}).get("id") or site.store.new_id(),
        "mediaName": title,
        "mediaSize": f"{len(file[2]) // 1024}KB",
        "mediaSuffix": suffix,
        "mediaType": _TYPES[suffix],
    }
    site.store.put("media", {**row, "mediaPath": f"/att/picture/{row['id']}.{suffix}"})
    return Result()


def get(site: Site, call: Call) -> Result:
    """adMedia/get."""
    return Result([_found(site, call)])


def delete(site: Site, call: Call) -> Result:
    """adMedia/delete."""
    site.store.remove("media", str(_found(site, call)["mediaName"]))
    return Result()


def _found(site: Site, call: Call) -> Row:
    row = site.store.get("media", call.key("name"))
    if row is None:
        raise Refused("no_media")
    return row
