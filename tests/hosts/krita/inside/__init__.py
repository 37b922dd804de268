"""A plugin of the tests: it runs one trial inside Krita and writes down what came of it. Python 3.8, as the adapter."""

import importlib
import os

import krita

from . import stopwatch
from .runner import Runner


class Trials(krita.Extension):
    """Begins once Krita shows its window."""

    def setup(self):
        """Nothing to prepare before the window is there."""

    def createActions(self, window):  # noqa: N802
        """A window is there: run the trial that the environment names."""
        trial = importlib.import_module("." + os.environ["SFUMATO_TRIAL"], __name__)
        self.runner = Runner(trial.trial, os.environ["SFUMATO_TRIAL_REPORT"])


stopwatch.wind_up()
krita.Krita.instance().addExtension(Trials(krita.Krita.instance()))
