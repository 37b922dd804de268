#!/bin/sh
# Real hosts for the host tests, outside the repository: Debian with Krita, GIMP and Blender in FOLDER/trixie, an older
# Debian with the Blender of its day in FOLDER/bookworm, Blender as a Python module in FOLDER/bpy.
# Usage: build.sh [FOLDER]. Needs root on Debian, 7 GiB and a package index.
# It may be interrupted and run again at any time: it goes on with what is missing. Its mounts end with it.
set -eu
hosts="${1:-${XDG_CACHE_HOME:-$HOME/.cache}/sfumato-hosts}"
bpy="$hosts/bpy"
python="${PYTHON_3_11:-python3.11}"
suites="trixie bookworm"

packages_of() {
    case "$1" in
        trixie) echo gimp krita blender python3-numpy xvfb xauth xdotool openbox libgl1-mesa-dri python3-pyqt5 \
            python3-pyqt5.sip gir1.2-gimp-3.0 imagemagick ;;
        bookworm) echo blender python3-numpy ;;
    esac
}

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

require() {
    [ "$(id -u)" = 0 ] || fail "run it as root: it makes a Debian root with debootstrap and chroot"
    for tool in unshare flock; do
        command -v $tool >/dev/null || fail "$tool is missing; it comes with util-linux"
    done
    command -v "$python" >/dev/null || fail "$python is missing: bpy 5.0 is built for Python 3.11 alone;" \
        "install it, or name one in PYTHON_3_11"
    command -v debootstrap >/dev/null || install_debootstrap
}

install_debootstrap() {
    command -v apt-get >/dev/null || fail "debootstrap is missing, and there is no apt-get to install it with"
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends debootstrap ||
        fail "debootstrap is missing, and apt-get could not install it"
}

# A root of an earlier version of this script may lack what was added since.
has_programs() {
    root="$hosts/$1"
    [ -e "$root/.complete" ] || return 1
    for package in $(packages_of "$1"); do
        ls "$root/var/lib/dpkg/info/$package.list" "$root/var/lib/dpkg/info/$package:"*.list 2>/dev/null |
            grep -q . || return 1
    done
}

# A base that debootstrap did not finish is of no use to it; the name tells that the folder is ours to remove.
bootstrap() {
    root="$hosts/$1"
    [ ! -e "$root" ] || return 0
    rm -rf --one-file-system "$root.part"
    debootstrap --variant=minbase "$1" "$root.part" || fail "debootstrap failed; its log is" \
        "$root.part/debootstrap/debootstrap.log"
    mv "$root.part" "$root"
}

inside() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} "$@"
}

install_programs() {
    root="$hosts/$1"
    mount -t proc proc "$root/proc"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    # No service of a package starts here.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    inside dpkg --configure -a
    inside apt-get update
    # shellcheck disable=SC2046 # one word a package
    inside apt-get install -y --fix-broken --no-install-recommends $(packages_of "$1")
    inside apt-get clean
    touch "$root/.complete"
}

install_bpy() {
    "$python" -m venv "$bpy"
    "$bpy/bin/python" -m pip --disable-pip-version-check --quiet install bpy==5.0.1 'numpy<2'
    "$bpy/bin/python" -c 'import bpy'
    touch "$bpy/.complete"
}

is_complete() {
    for suite in $suites; do
        has_programs "$suite" || return 1
    done
    [ -e "$bpy/.complete" ]
}

if [ "${SFUMATO_HOSTS_NAMESPACE:-}" != own ]; then
    if is_complete; then
        echo "$hosts is complete"
        exit 0
    fi
    require
    mkdir -p "$hosts"
    exec 9>"$hosts/.lock"
    flock --nonblock 9 || fail "another build is at work in $hosts"
    # In a mount namespace of its own, whatever ends the build ends its mounts with it.
    exec env SFUMATO_HOSTS_NAMESPACE=own unshare --mount sh "$0" "$hosts"
fi
for suite in $suites; do
    bootstrap "$suite"
    has_programs "$suite" || install_programs "$suite"
done
[ -e "$bpy/.complete" ] || install_bpy
echo "$hosts is complete"
