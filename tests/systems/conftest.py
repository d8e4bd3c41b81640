"""What pytest has to know before it imports the helpers of this folder."""

import pytest

pytest.register_assert_rewrite("conformance", "conformance_cvsecurity", "conformance_devices")
