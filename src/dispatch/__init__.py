"""Plan organised return-to-work transport, from the home door to the factory gate."""

__version__ = "0.1.0"
