"""Changes of the network and of the key: the terminal is looked for where it is then, and only there it is done."""

import pytest
from terminal_helpers import aim, put, serving, target, update, writer

from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.simulator import Fault

NEW_KEY = {"security.api_key": Secret("new-key-2")}
NEW_ADDRESS = {
    "network.ethernet.dhcp": False,
    "network.ethernet.address": "127.7.7.7/8",
    "network.ethernet.gateway": None,
    "network.ethernet.nameservers": (),
}


def moved(lobby, name, values, **more):
    """The outcome of the change, and of one more that follows."""
    what = aim({"settings": {name: values, "volume": {"volume": 9}}})
    with writer(target(lobby.url, lobby.unit.state.security.api_key or None, **more), what) as found:
        (outcome,) = found.write([update("settings", name, values)])
        (following,) = found.write([update("settings", "volume", {"volume": 9})])
        found.finish()
    return outcome, following


@pytest.mark.parametrize("reply", ["sent", "lost"])
def test_a_new_key_is_used_from_then_on(reply):
    with serving(api_key="old-key-1", switches={"security_reply": reply}) as (terminals, lobby):
        outcome, following = moved(lobby, "security", NEW_KEY)
        assert (outcome.status, outcome.diagnostic) == (Status.DONE, None)
        assert (following.status, lobby.dump()["sound_volume"]) == (Status.DONE, 9)
        assert terminals.record.calls(command="SetSecurityConfig") == 1


def test_a_key_that_did_not_arrive_is_sent_once_more():
    with serving(api_key="old-key-1") as (terminals, lobby):
        lobby.faults.add(Fault(effect="drop", command="SetSecurityConfig", nth=1))
        outcome, following = moved(lobby, "security", NEW_KEY)
        assert (outcome.status, following.status) == (Status.DONE, Status.DONE)
        assert terminals.record.calls(command="SetSecurityConfig") == 2


def test_a_security_change_that_nothing_shows_is_not_known():
    with serving(switches={"security_reply": "lost"}) as (terminals, lobby):
        outcome, following = moved(lobby, "security", {"security.verify_server": True})
        assert (outcome.status, outcome.diagnostic.code) == (Status.UNKNOWN, "RC0702")
        assert following.status is Status.DONE
        assert terminals.record.calls(command="SetSecurityConfig") == 2


def test_a_refused_security_change_is_refused():
    with serving() as (_, lobby):
        outcome, following = moved(lobby, "security", {"security.certificate": Secret("no certificate")})
        assert (outcome.status, outcome.diagnostic.code) == (Status.FAILED, "RC0701")
        assert outcome.diagnostic.detail == (
            'The terminal lobby refused SetSecurityConfig: it says "invalid_parameter" ("device_cert").'
        )
        assert following.status is Status.DONE


@pytest.mark.parametrize("reply", ["sent", "lost"])
def test_a_terminal_is_found_at_its_new_address(reply):
    with serving(switches={"network_reply": reply}) as (terminals, lobby):
        put(lobby, users=[{"id": "7"}])
        outcome, following = moved(lobby, "network", NEW_ADDRESS)
        assert (outcome.status, following.status) == (Status.DONE, Status.DONE)
        assert lobby.place == "127.7.7.7"
        assert terminals.record.calls(command="SetNetworkConfig") == 1


def test_a_terminal_that_stays_where_it_was_is_found_there():
    with serving(switches={"address_change": "stay"}) as (_, lobby):
        outcome, following = moved(lobby, "network", NEW_ADDRESS)
        assert (outcome.status, following.status) == (Status.DONE, Status.DONE)


def test_a_terminal_that_is_not_found_any_more_is_an_unknown_outcome():
    """The files name an address that another machine has; this one went where nobody knows."""
    named, went = ({**NEW_ADDRESS, "network.ethernet.address": address} for address in ("127.0.0.99/8", "10.9.9.9/8"))
    with serving(switches={"address_change": "stop"}) as (terminals, lobby):
        other = terminals.add("other", address="127.0.0.99")
        with writer(target(lobby.url), aim({"settings": {"network": named}})) as found:
            (outcome,) = found.write([update("settings", "network", went)])
        assert (outcome.status, outcome.diagnostic.code) == (Status.UNKNOWN, "RC0702")
        assert outcome.diagnostic.detail.startswith(
            "The setting network was sent, and the terminal was not found after that. "
        )
        assert other.calls("Set*") == 0
