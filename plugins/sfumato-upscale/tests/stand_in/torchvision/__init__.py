"""Stands in for torchvision, of which spandrel takes three names that no upscaler here uses."""
