"""What has changed in the folder of gadgets."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.changes import (
    MAX_FOLDERS,
    MAX_PENDING,
    Changes,
    Snapshot,
    changed,
    told,
)

FILES = "/3rdpartygadget/files/"


def snapshot(**files: int) -> Snapshot:
    """Files with their times; ``__`` stands for a slash."""
    return {name.replace("__", "/"): (time, 0, 0) for name, time in files.items()}


class ChangesTests(SynchronousTestCase):
    """Looks, one after the other."""

    def test_changed(self) -> None:
        """A file that is new, gone or another is a change of its gadget's folder, however deep it lies."""
        before = snapshot(A__a=1, B__deep__b=1, C__c=1, D__d=1)
        after = snapshot(A__a=2, B__deep__b=1, C__e=1, D__d=1, D__x__y=1)
        self.assertEqual(changed(before, after), {f"{FILES}A/", f"{FILES}C/", f"{FILES}D/"})
        self.assertEqual(changed(before, before), frozenset())
        self.assertEqual(changed(snapshot(), snapshot(a=1)), {FILES})

    def test_told(self) -> None:
        """What lies in the folder itself is in all of them, and so are more than can be told."""
        some = [f"{FILES}{number:02}/" for number in range(MAX_FOLDERS)]
        self.assertEqual(told(reversed(some)), tuple(some))
        self.assertEqual(told([*some, f"{FILES}more/"]), (FILES,))
        self.assertEqual(told([FILES, some[0]]), (FILES,))

    def test_settled(self) -> None:
        """Nothing is told of the first look; a change is told once, when the next look finds no other."""
        changes = Changes()
        looks = [
            (snapshot(A__a=1), ()),
            (snapshot(A__a=1), ()),
            (snapshot(A__a=2), ()),
            (snapshot(A__a=2, B__b=1), ()),
            (snapshot(A__a=2, B__b=1), (f"{FILES}A/", f"{FILES}B/")),
            (snapshot(A__a=2, B__b=1), ()),
        ]
        for now, folders in looks:
            self.assertEqual(changes.look(now), folders)
        self.assertEqual(changes.version, 1)

    def test_restless(self) -> None:
        """What never settles is told after so many looks."""
        changes = Changes()
        changes.look(snapshot(A__a=0))
        for time in range(1, MAX_PENDING):
            self.assertEqual(changes.look(snapshot(A__a=time)), ())
        self.assertEqual(changes.look(snapshot(A__a=MAX_PENDING)), (f"{FILES}A/",))
