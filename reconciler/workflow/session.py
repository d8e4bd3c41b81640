"""What every command that looks at a target needs first: the files, the state, the key, the secrets."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from reconciler.config.load import load, load_project
from reconciler.config.secrets import Resolver
from reconciler.model.diagnostic import Diagnostic, error, has_errors
from reconciler.model.objects import Organisation
from reconciler.model.project import Project
from reconciler.model.secret import SecretReference
from reconciler.model.state import State
from reconciler.state.backend import Backend, StateError, new_state
from reconciler.state.key import key_id, load_key
from reconciler.state.registry import Reveal, open_backend


class PlanSession(msgspec.Struct):
    """What a plan is made of beside the targets. `state` is as it was when the session was opened, or as a snapshot has
    it; `key` is the project's for digests (None: not at hand)."""

    organisation: Organisation
    state: State
    key: bytes | None
    resolver: Resolver

    @property
    def state_key(self) -> bytes | None:
        """The key of the state's digests: None when it is not at hand, or another one."""
        return self.key if self.key is not None and self.state.key_id in (None, key_id(self.key)) else None


class Session(PlanSession):
    """The same, with the backend that the state was read from."""

    backend: Backend


def open_session(
    root: Path, variables: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[Session | None, list[Diagnostic]]:
    """The session, or None with the errors; warnings come along."""
    organisation, diagnostics = load(root, variables, environment)
    if organisation is None or has_errors(diagnostics):
        return None, diagnostics
    return _opened(organisation, environment, diagnostics)


def open_project(
    root: Path, variables: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[Session | None, list[Diagnostic]]:
    """As `open_session`, with the project file alone: what it manages is not read, and need not be there yet."""
    project, diagnostics = load_project(root, variables, environment)
    if project is None or has_errors(diagnostics):
        return None, diagnostics
    return _opened(Organisation(project, {}, ""), environment, diagnostics)


def _opened(
    organisation: Organisation, environment: Mapping[str, str], diagnostics: list[Diagnostic]
) -> tuple[Session | None, list[Diagnostic]]:
    project = organisation.project
    try:
        backend = backend_of(project, environment)
        state = backend.read() or new_state()
        key = load_key(Path(project.root), environment)
    except StateError as problem:
        return None, [*diagnostics, problem.diagnostic]
    resolver = Resolver(Path(project.root), project.secrets, environment)
    return Session(organisation, state, key, resolver, backend), diagnostics


def backend_of(project: Project, environment: Mapping[str, str]) -> Backend:
    """The backend that the project names, with its secrets. Raises StateError."""
    return open_backend(project, _revealing(Resolver(Path(project.root), project.secrets, environment)))


def _revealing(resolver: Resolver) -> Reveal:
    """What gives a state backend its secrets; it raises StateError for one that can't be had."""

    def reveal(reference: SecretReference) -> str:
        secret, problem = resolver.resolve(reference, None)
        if secret is None:
            raise StateError(problem or error("RC0406", "The secret of the state's backend can't be had."))
        return secret.reveal()

    return reveal
