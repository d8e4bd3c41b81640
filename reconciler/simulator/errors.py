"""What can be wrong with what a simulator was given."""


class SimulatorError(ValueError):
    """A configuration, a seed or a data file that can't be used; its text is for people and says what is wrong."""
