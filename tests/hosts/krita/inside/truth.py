"""What colours should become: LittleCMS by itself, in floating point and without its approximations."""

import ctypes
import functools
import glob
import struct
from array import array

_CMS = ctypes.CDLL("liblcms2.so.2")
_CMS.cmsOpenProfileFromFile.restype = _CMS.cmsCreateTransform.restype = ctypes.c_void_p
_FILES = "/usr/share/color/icc/*/*.ic[cm]"
_DESCRIPTION, _PERCEPTUAL = 0, 0
#: Black point compensation, as Krita converts; and no optimisation.
_FLAGS = 0x2000 | 0x0100
_MODELS = {"GRAYA": (3, 1), "RGBA": (4, 3), "CMYKA": (6, 4), "YCbCrA": (7, 3), "XYZA": (9, 3), "LABA": (10, 3)}
_FLOAT = 1 << 22
_DEPTHS = {"U8": ("B", 1), "U16": ("H", 2), "F16": ("f", _FLOAT | 4), "F32": ("f", _FLOAT | 4)}


def come_back(rgba8, space, srgb):
    """Opaque rgba8 that went into `space` and came back, as 3 levels a pixel that are not rounded."""
    rgb = array("f", [level / 255 for at in range(0, len(rgba8), 4) for level in rgba8[at : at + 3]])
    there = _transformed(rgb, (srgb, "RGBA", "F32"), (space.profile, space.model, space.depth))
    if space.depth == "F16":
        there = array("f", struct.unpack(f"{len(there)}e", struct.pack(f"{len(there)}e", *there)))
    back = _transformed(there, (space.profile, space.model, space.depth), (srgb, "RGBA", "F32"))
    return [255 * min(max(share, 0.0), 1.0) for share in back]


def knows(profile):
    """Whether this profile is a file, and not made by Krita itself."""
    return _opened(profile) is not None


def _transformed(values, source, target):
    count = len(values) // _MODELS[source[1]][1]
    code, _ = _DEPTHS[target[2]]
    out = array(code, [0]) * (count * _MODELS[target[1]][1])
    transform = _CMS.cmsCreateTransform(*_side(*source), *_side(*target), _PERCEPTUAL, _FLAGS)
    if not transform:
        raise ValueError(f"LittleCMS does not go from {source} to {target}")
    _CMS.cmsDoTransform(ctypes.c_void_p(transform), _at(values), _at(out), count)
    return out


def _at(values):
    return ctypes.c_void_p(values.buffer_info()[0])


def _side(name, model, depth):
    kind, channels = _MODELS[model]
    return ctypes.c_void_p(_opened(name)), kind << 16 | channels << 3 | _DEPTHS[depth][1]


@functools.cache
def _opened(name):
    for path in glob.glob(_FILES):
        profile = _CMS.cmsOpenProfileFromFile(path.encode(), b"r")
        said = ctypes.create_string_buffer(256)
        _CMS.cmsGetProfileInfoASCII(ctypes.c_void_p(profile), _DESCRIPTION, b"en", b"US", said, 256)
        if said.value.decode(errors="replace") == name:
            return profile
    return None
