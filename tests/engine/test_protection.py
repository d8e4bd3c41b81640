"""Protection that outlives its block, also through a deletion by somebody else."""

import pytest
from engine_helpers import SYSTEM, TODAY, remembered, target, there, thing, wanted

from reconciler.engine.plan import plan_target
from reconciler.model.state import Entry


@pytest.mark.parametrize(("says", "protected"), [(None, True), (False, False), (True, True)])
def test_who_is_created_again_is_as_protected_as_before(says: bool | None, protected: bool) -> None:
    desired = wanted("department", objects=[thing("department/10", {"name": "Ops"}, prevent_delete=says)])
    memory = remembered(entries={"department/10": Entry(protected=True)})
    [change] = plan_target(target(), SYSTEM, desired, there({}, "department"), memory, TODAY).changes
    assert change.protected is protected
