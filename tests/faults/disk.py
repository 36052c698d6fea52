"""What a disk holds after a power cut, worked out from the calls that librecorded_calls.so wrote
down.

    bytes   what a sync that has ended covers is there. Of later writes each page of 4096 bytes is
            there as it was at any time since, and so is the size of the file
    names   a file that was made, renamed or removed is so for sure only after a sync of a folder;
            of later changes a part is, from the first one on
"""

import collections
import os
import struct

from bench import OUTPUT

HEAD = struct.Struct("<6Q")
PAGE = 4096
(CREATED, WRITTEN, RESIZED, SYNC_BEGUN, DATA_SYNCED, ALL_SYNCED, RENAMED, REMOVED, MADE) = range(
    1, 10
)

Record = collections.namedtuple("Record", "kind inode offset rank path content")


def records_of(file):
    with open(file, "rb") as stream:
        content = stream.read()
    records, at = [], 0
    while at < len(content):
        kind, inode, offset, rank, path, more = HEAD.unpack_from(content, at)
        at += HEAD.size
        name = content[at : at + path].decode()
        records.append(
            Record(kind, inode, offset, rank, name, content[at + path : at + path + more])
        )
        at += path + more
    return records


class File:
    """The bytes that are sure, and those that may be there, as (number, offset or size, bytes)."""

    def __init__(self, content=b""):
        self.sure, self.later, self.done = bytearray(content), [], 0

    def change(self, offset, content):
        self.later.append((self.done, offset, content))
        self.done += 1

    def sync(self, before):
        """All changes whose number is smaller are there for sure."""
        for _, offset, content in [change for change in self.later if change[0] < before]:
            apply(self.sure, offset, content)
        self.later = [change for change in self.later if change[0] >= before]

    def after_cut(self, chance):
        """One of the contents that may be there. `chance`: random numbers."""
        content = bytearray(self.sure)
        pages, sizes = collections.defaultdict(list), [len(content)]
        for _, offset, written in self.later:
            if written is None:
                sizes.append(offset)
                continue
            sizes.append(max(sizes[-1], offset + len(written)))
            at = 0
            while at < len(written):
                number = min(PAGE - (offset + at) % PAGE, len(written) - at)
                pages[(offset + at) // PAGE].append((offset + at, written[at : at + number]))
                at += number
        share = chance.choice((0.0, 0.2, 0.5, 0.8, 1.0))
        for page in sorted(pages):
            pieces = pages[page]
            kept = len(pieces) if chance.random() < share else chance.randint(0, len(pieces))
            for offset, written in pieces[: kept if share else 0]:
                apply(content, offset, written)
        size = sizes[-1] if chance.random() < share else chance.choice(sizes)
        apply(content, size, None)
        return bytes(content)


def apply(content, offset, written):
    """Writes bytes at an offset; without bytes the file gets this size."""
    if written is None:
        del content[offset:]
        content.extend(b"\0" * (offset - len(content)))
        return
    content.extend(b"\0" * (offset + len(written) - len(content)))
    content[offset : offset + len(written)] = written


class Disk:
    """Follows records of calls on the files of one folder. `sure_syncs`: which syncs of the .part,
    once it has this name, make bytes sure; the controls leave some out."""

    def __init__(self, folder, starts=("out",), sure_syncs=(DATA_SYNCED, ALL_SYNCED)):
        self.folder, self.sure_syncs = folder, sure_syncs
        self.files, self.sure_names, self.later_names, self.begun = {}, {}, [], {}
        for base, folders, files in os.walk(folder):
            for name in folders + files:
                path = os.path.join(base, name)
                if not os.path.relpath(path, folder).startswith(starts):
                    continue
                self.sure_names[path] = None
                if name in files:
                    inode = os.stat(path).st_ino
                    with open(path, "rb") as stream:
                        self.files[inode] = File(stream.read())
                    self.sure_names[path] = inode

    def follow(self, record):
        kind, inode, key = record.kind, record.inode, (record.rank, record.inode)
        if kind == CREATED:
            self.files[inode] = File()
            self.later_names.append((record.path, inode, None))
        elif kind == WRITTEN and inode in self.files:
            self.files[inode].change(record.offset, record.content)
        elif kind == RESIZED and inode in self.files:
            self.files[inode].change(record.offset, None)
        elif kind == SYNC_BEGUN:
            file = self.files.get(inode)
            self.begun[key] = file.done if file else len(self.later_names)
        elif kind in (DATA_SYNCED, ALL_SYNCED):
            self.sync(kind, inode, record.path, self.begun.pop(key))
        elif kind == RENAMED:
            self.later_names.append((record.path, None, record.content.decode()))
        elif kind == REMOVED:
            self.later_names.append((record.path, None, ""))
        elif kind == MADE:
            self.later_names.append((record.path, None, None))

    def sync(self, kind, inode, path, before):
        if inode in self.files:
            if not path.endswith(OUTPUT + ".part") or kind in self.sure_syncs:
                self.files[inode].sync(before)
            return
        names, self.later_names = self.later_names[:before], self.later_names[before:]
        for name in names:
            rename(self.sure_names, name)
        for key, number in self.begun.items():  # syncs of folders that have not ended
            if key[1] not in self.files:
                self.begun[key] = max(0, number - before)

    def after_cut(self, chance):
        """Names and contents that may be there; None: a folder."""
        names = dict(self.sure_names)
        for name in self.later_names[: chance.randint(0, len(self.later_names))]:
            rename(names, name)
        contents = {}
        for path, inode in names.items():
            contents[path] = None if inode is None else self.files[inode].after_cut(chance)
        return contents


def rename(names, change):
    """Carries out one change of names: made, renamed to another, or (to "") removed."""
    path, inode, to = change
    if to is None:
        names[path] = inode
    elif to == "":
        names.pop(path, None)
    elif path in names:
        names[to] = names.pop(path)


def put_on_disk(contents):
    for path in sorted(contents):  # a folder before what is in it
        if contents[path] is None:
            os.makedirs(path, exist_ok=True)
    for path, content in contents.items():
        if content is not None:
            with open(path, "wb") as stream:
                stream.write(content)
