#!/usr/bin/env bash
# Runs every peer beside Sibyl on the same work, one thread each, and writes Results/benchmarks/.
#
# The peers live in a Python environment outside the repository: $SIBYL_BENCH_VENV, by default
# sibyl/bench-venv in the user's cache. What cannot be installed there is quoted from recorded.json.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/sibyl"
venv="${SIBYL_BENCH_VENV:-$cache/bench-venv}"
results="$root/Results/benchmarks"
build=(swift build -c release -Xcc -march=native --package-path "$root" --product SibylBenchmarks)

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
work="$scratch/work"
lines="$scratch/measurements.jsonl"

export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
export PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1

say() { printf '%s\n' "$*" >&2; }

# One pip run a peer, so that one that fails does not take the others with it. A marker keeps a
# finished peer, and a changed requirements file installs it anew.
install() {
  local requirements="$here/requirements/$1.txt" marker="$venv/sibyl-$1.txt"
  cmp -s "$requirements" "$marker" && return 0
  say "installing $1 into $venv"
  if CFLAGS="-O3 -march=native" CXXFLAGS="-O3 -march=native" \
    "$venv/bin/pip" install --quiet -r "$requirements" >&2; then
    cp "$requirements" "$marker"
  else
    say "$1 cannot be installed: quoting its recorded figures"
    return 1
  fi
}

# In the scratch folder, because sbi leaves logs where it runs.
peer() { (cd "$scratch" && "$venv/bin/python" "$here/peer_$1.py" "$2" "$work") >> "$lines"; }

if [ ! -x "$venv/bin/python" ]; then
  mkdir -p "$(dirname "$venv")"
  python3 -m venv "$venv"
fi
peers=()
for name in vbmicrolensing sbi; do
  if install "$name"; then peers+=("$name"); fi
done

say "building"
"${build[@]}" >&2
sibyl="$("${build[@]}" --show-bin-path)/SibylBenchmarks"

say "preparing"
"$sibyl" prepare "$work"
# The peer blanks the reference where the two codes disagree: before anything is measured.
for name in ${peers[@]+"${peers[@]}"}; do peer "$name" prepare; done

for name in near-caustic prior-curves point-source flow; do
  say "sibyl $name"
  "$sibyl" "$name" "$work" >> "$lines"
done
for name in ${peers[@]+"${peers[@]}"}; do
  say "$name"
  peer "$name" measure
done

"$venv/bin/python" "$here/report.py" "$lines" "$here/recorded.json" "$results"
say "written to $results/README.md"
