"""The natural palettes: pairs of ramps (main, second), dark to light, as hexadecimal stops."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NATURAL_PALETTES: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "brick": (
            ("6e3524 9a4b33 bf7350", "8f877b b3aa9c c9c2b6"),
            ("5d2f28 84423a a9654f", "a29a8d c4bcae d8d2c6"),
            ("8a6a4a b08a62 cfae85", "7d766b a29a8c bbb4a6"),
        ),
        "cobblestone": (
            ("4e5055 7b7d80 a9a7a2", "2b2926 423e38 5a554c"),
            ("5a5048 857868 b3a58f", "2e2a24 484238 615a4c"),
        ),
        "tiles": (
            ("cfd6d4 e4e8e4 f5f6f2", "767a7b 93979a b0b3b3"),
            ("2f6f78 4b9399 7fbcbb", "c9c4b8 dcd8ce ebe8e0"),
            ("a55f3e c27c57 d99f7a", "b9ad9b cfc5b5 e0d8ca"),
        ),
        "hexagons": (
            ("7d7f80 a1a2a0 c3c1bb", "45464a 5a5b5e 707173"),
            ("a0745c be927a d6b39c", "5e4f48 766660 8d7d75"),
        ),
        "shingles": (
            ("2f363f 4c5560 727b85", "3c3a44 5c5863 7d7883"),
            ("5c2e22 8c4630 b36a4c", "4e2a22 733c2c 955a42"),
            ("5b4a3a 80694f a58e70", "4b4238 6a5d4d 887a66"),
        ),
        "marble": (
            ("c9c8c8 e6e5e2 f7f5f1", "5f6168 7f8187 a2a3a6"),
            ("1a1c20 2a2d31 44474b", "b8ad98 d8cfbd ece6d8"),
            ("23483c 356553 5d8a76", "b5c2b0 d3dccd e9eee4"),
            ("c9ac8e e0c9ae f0e0cb", "8a5c3e a87a58 c29c7c"),
        ),
        "granite": (
            ("77706d a8a09b dad4cc", "1d1c1f 2e2d30 444345"),
            ("8a5a4e b98476 e0b9aa", "231f20 383336 504b4d"),
            ("4c5258 777e84 b1b6b8", "15171a 23262a 383b40"),
        ),
        "terrazzo": (
            ("d6d2ca e6e2da f2efe9", "4f5d63 b0654a d9a35f 8fa39a e9c9b0 3d4a50"),
            ("4a4f53 5f6569 777d80", "e8e3d8 c9a27e 9fb3ae d8c9b4 8a6a58"),
            ("c9a99a dcc0b2 ead6ca", "7c3e3a f3ece2 4b5d5c c98a6a efe0cf"),
        ),
        "concrete": (
            ("7a7976 9c9a95 bab7b0", "5d5c59 75736f 8d8a85"),
            ("8c8578 aba395 c6bfb1", "6b6458 837c6f 9c9486"),
        ),
        "planks": (
            ("6a4426 99683e c6965f", "1d130c 2c1e14 3e2c1e"),
            ("7d756a a29a8d c4bcae", "2a2723 3d3934 524d46"),
            ("40271a 653f2a 8c6042", "140d09 20150f 2f2018"),
        ),
        "wood": (
            ("8a5a32 b9834f dcae78", "4e2d17 6b4124 875a37"),
            ("5a3520 7f5033 a5734e", "2d190e 422716 5a3822"),
            ("b08d5c d2b283 e9d2a8", "80592f 9a7143 b48b5a"),
        ),
        "bark": (
            ("3c2c20 6a5240 9c846a", "17110d 261c15 372a20"),
            ("4a4641 77716a a8a197", "1d1b19 2d2a27 403c38"),
        ),
        "sand": (
            ("b08d5f d3b484 ecd6ab", "8f6c45 ad895c c4a278"),
            ("a8653c cc8a5c e6b286", "86492a a5653f be8259"),
        ),
        "gravel": (
            ("504e4b 86837e c0bcb4", "5d4c3e 94806c c9b8a2"),
            ("6b5a48 a08a70 d6c4a8", "4f4f50 7f7f7f b5b4b1"),
        ),
        "soil": (
            ("2a1b12 4d3424 76553c", "5c5148 7d7166 9d9184"),
            ("4a2818 75432a 9f6644", "6d5a4c 8f7a68 b09b87"),
        ),
        "grass": (
            ("1d3a14 4a7d2b 9bc253", "5c6a24 98a244 d3cf7c"),
            ("24401c 587f35 a5b865", "2c5420 5f9438 a8cc62"),
        ),
        "moss": (
            ("1c2f10 4d6e1f 95ad40", "241d14 3a3022 504434"),
            ("1a3318 3f6c2e 7fa653", "1d1a16 302b24 464036"),
        ),
        "leaves": (
            ("6b2f14 b0622a dd9c45", "7a1f18 a93a24 cf6a3c"),
            ("22421a 477a2d 86ae4c", "4c5c1e 84933a bac066"),
            ("5a3a1e 94682f d0a24c", "6d4a20 b58a2e e6c256"),
        ),
        "water": (
            ("0f4a6b 1f7797 4fb0bf", "9fdcdc c8f0ea f0fffa"),
            ("124e63 2a8a91 6cc5b8", "b0e8d8 d6f6ea f6fff8"),
            ("142f52 265a86 4f8fb3", "8fc3d6 bfe1ea e8f7f8"),
        ),
        "ice": (
            ("4f93b3 8cc3d8 c9e8f0", "cfeaf2 eaf8fb ffffff"),
            ("6f9fc0 a6cadf d9edf4", "dceef5 f2fafc ffffff"),
        ),
        "lava": (
            ("b01808 f0560e ffb52e fff0a0", "150f0e 2a1e1b 453530"),
            ("8f0f06 e03a0a ff8a1a ffdc70", "120e10 241c1e 3b3032"),
        ),
        "clouds": (
            ("b9c4d2 e3e9ef ffffff", "3a76b5 5f9bd3 86b8e2"),
            ("c4c9d6 eceef2 ffffff", "2f66a8 4f8ac8 7fb2de"),
        ),
        "rust": (
            ("4f2412 91481d c97c3a", "54605f 75827f 98a39f"),
            ("5d2a14 a0522a d98d4c", "6b6f73 8f9396 b3b6b7"),
        ),
        "brushed-metal": (
            ("7c8085 a8acb0 d6d9db", "c2c5c8 d9dcde eff0f1"),
            ("7f6238 b08e56 dcc08c", "c9ac74 e0c896 f3e3bf"),
            ("7c4a34 ad7354 d8a587", "c68f70 dfb097 f1d0bd"),
        ),
        "tread-plate": (
            ("5d6165 84888c adb0b3", "7b7f83 a5a8ab cfd1d2"),
            ("3f4246 5c6064 7f8387", "64686c 8c9094 b8bbbd"),
        ),
        "leather": (
            ("4a2715 7a4526 a86c42", "24120a 38200f 4e3018"),
            ("1f1a18 352e2a 544a44", "0d0b0a 181513 26211e"),
            ("7a3420 a5522f cb7d50", "451c10 5f2b18 7a3f26"),
        ),
        "scales": (
            ("1e4a34 3c7a4e 86b46a", "0f2a20 1d4230 386048"),
            ("4a3420 7d5c38 b59464", "2a1c10 442f1c 614830"),
            ("24445a 44748c 8ab0b8", "12283a 1f4056 3a6078"),
        ),
        "woven": (
            ("a08a68 c7b28d e6d7b8", "8f7a5a b59f7b d6c5a3"),
            ("2f3f5c 4a6187 7a90b2", "8f99a8 b3bcc8 d6dce3"),
        ),
        "knit": (
            ("b3a58f d8ccb7 f3ebdc", "8c7a62 b09c82 d0bfa6"),
            ("4a5560 748090 a6b0bb", "b8b4ac d8d4cc f0ece4"),
            ("7a2c2c a84844 d07a70", "c9bca8 e2d8c8 f5efe4"),
        ),
        "carpet": (
            ("6d6257 978a7c c2b6a7", "4b433b 6b6157 8c8174"),
            ("2f4a5c 4f7287 86a6b5", "1f3342 385266 5a7488"),
            ("7a2a2f a5454a cb7c78", "561c22 783034 985050"),
        ),
        "checker": (
            ("22242a 2e3036 42444a", "dcd9d0 ece9e2 f8f6f1"),
            ("7a2f2a 96423a b06052", "e3d6c0 f0e6d4 faf4e8"),
        ),
        "stripes": (
            ("2b4a70 3b5f8a 5a7ea8", "e3ded2 f0ece2 faf8f2"),
            ("c9a24a dcb862 ebd08a", "4a3a2a 5f4c38 78644c"),
        ),
        "dots": (
            ("b83a3a cc4f4a de7068", "efe9de f6f2ea fdfbf6"),
            ("e3d9c8 efe7d9 f8f3ea", "2f5f66 417880 5f969c"),
        ),
    }
)
