"""A terminal that is not there any more, or another one in its place, while it is written."""

import pytest
from terminal_helpers import aim, create, serving, target, update, writer

from reconciler.model.outcome import Status
from reconciler.simulator import Fault

PEOPLE = {"department": {"Doors": {}}, "employee": {"7": {"nickname": "Ana", "access": ("mon-fri 08:00-18:00",)}}}
USER = create("employee", "7", PEOPLE["employee"]["7"])
VOLUME = update("settings", "volume", {"volume": 7})


def told(outcome):
    return outcome.status, outcome.diagnostic.code, outcome.diagnostic.detail


def test_a_terminal_that_is_gone_is_tried_once_and_not_for_each_change():
    with serving() as (terminals, lobby), writer(target(lobby.url), aim(PEOPLE)) as found:
        terminals.stop()
        first, *others = [found.write([change])[0] for change in (VOLUME, USER, VOLUME)]
    assert (first.status, first.diagnostic.code) == (Status.FAILED, "RC0501")
    detail = "The terminal could not be reached for an earlier change, so this was not sent."
    assert [told(each) for each in others] == [(Status.SKIPPED, "RC0704", detail)] * 2


def test_nothing_is_written_to_a_machine_that_came_in_place_of_the_one_that_was_read():
    with serving() as (terminals, lobby), writer(target(lobby.url), aim(PEOPLE)) as found:
        lobby.factory_reset(uid="0123456789abcdef")
        (outcome,) = found.write([VOLUME])
        assert terminals.record.calls(command="Set*") == 0
    assert told(outcome) == (
        Status.FAILED,
        "RC0501",
        "Another machine than the one that was read answers for lobby, so nothing was sent. Run plan again.",
    )


@pytest.mark.parametrize("commit", [True, False])
@pytest.mark.parametrize("command", ["LockDevice", "SetAcTimeZone"])
def test_of_a_user_whose_preparation_has_no_reply_it_is_known_that_nothing_was_sent(command, commit):
    with serving(capabilities={"access_control": True}) as (terminals, lobby):
        lobby.faults.add(Fault(effect="drop", command=command, nth=1, commit=commit))
        with writer(target(lobby.url), aim(PEOPLE)) as found:
            (outcome,) = found.write([USER])
            assert found.finish() == ()
        assert (outcome.status, terminals.record.calls(command="SetUserInfo")) == (Status.FAILED, 0)
        assert (outcome.diagnostic.code, lobby.locked) == ("RC0506", False)
