"""Samplers that take the process with them, each in its own way, or never come back."""

import ctypes
import os
import sys

import sfumato.plugin as sf


class Deadly(sf.Sampler):
    label, order = "Deadly", 1
    description = "Ends the process."

    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x, sigma)
        print("about to end", flush=True)
        self.end()
        return denoised


class Leaving(Deadly):
    id = "broken.leaving"

    def end(self):
        os._exit(7)


class Exiting(Deadly):
    id = "broken.exiting"

    def end(self):
        sys.exit(3)


class Segfaulting(Deadly):
    id = "broken.segfaulting"

    def end(self):
        ctypes.string_at(0)


class Hanging(Deadly):
    id = "broken.hanging"

    def end(self):
        while True:
            pass


class Raising(Deadly):
    id = "broken.raising"

    def end(self):
        raise LookupError("nowhere")


@sf.hookimpl
def sfumato_register_samplers(register):
    for sampler in (Leaving, Exiting, Segfaulting, Hanging, Raising):
        register(sampler)
