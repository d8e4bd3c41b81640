"""How to log in to a server: with a name and a password, or with an access token, as its system has it."""

from functools import partial

from reconciler.config import tree
from reconciler.config.settings import Handler, choice, take, text
from reconciler.config.values import TABLELESS_FORMS, Reading, Wrong, read_reference
from reconciler.model.project import Auth
from reconciler.model.secret import SecretReference
from reconciler.model.systems import SYSTEMS

_SCHEMES = ("token", "jwt", "basic")
_TOKEN = "access_token"  # noqa: S105  a key


def read_auth(reading: Reading, node: tree.Node, system: str | None) -> Auth:
    """How to log in to a server of this system; of any, when it is None. Raises Wrong when the node is no mapping."""
    if system is None:
        what, by_token = "a key of auth", isinstance(node, tree.Mapping) and _TOKEN in node.pairs
    else:
        what, by_token = f"a key of auth on {system}", SYSTEMS[system].by_token
    if by_token:
        required = {_TOKEN: f"a reference to it, {TABLELESS_FORMS}"}
        taken = take(reading, node, what, {_TOKEN: partial(_secret, "An access token")}, required)
        return Auth(token=taken.get(_TOKEN), scheme=_TOKEN)
    handlers: dict[str, Handler] = {
        "username": text,
        "password": partial(_secret, "A password"),
        "scheme": partial(choice, choices=_SCHEMES),
    }
    required = {"username": "the name to log in with", "password": f"a reference to it, {TABLELESS_FORMS}"}
    return Auth(**take(reading, node, what, handlers, required))


def auth_problem(auth: Auth, system: str) -> str | None:
    """What is wrong when what holds for all servers is not how this system is logged in to."""
    by_token = auth.scheme == _TOKEN
    if auth == Auth() or by_token is SYSTEMS[system].by_token:
        return None
    if by_token:
        has, write = "access token", "{username: NAME, password: SECRET}"
    else:
        has, write = "user name and password", "{access_token: SECRET}"
    return f"{system} takes no {has}, as defaults has. Write auth: {write}."


def _secret(what: str, reading: Reading, node: tree.Node) -> SecretReference:
    if not isinstance(node, tree.Mapping):
        raise Wrong("RC0208", f"{what} never stands in the files. Write a reference: {TABLELESS_FORMS}.")
    reference = read_reference(reading, node)
    if reference.source == "table":
        raise Wrong("RC0208", "A table of secrets has one for each object, not for targets. Use env, file or command.")
    return reference
