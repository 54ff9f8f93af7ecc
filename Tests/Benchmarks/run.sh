#!/usr/bin/env bash
# Runs every peer beside Sibyl on the same work, one thread each, and writes Results/benchmarks/.
#
# WORKS names the parts to run, by default all of them; what is not run keeps its results,
# with their date. The peers live outside the repository: in a Python environment,
# $SIBYL_BENCH_VENV, by default sibyl/bench-venv in the user's cache, and beside it. What cannot be
# installed there is quoted from recorded.json.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
venv="${SIBYL_BENCH_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/sibyl/bench-venv}"
results="$root/Results/benchmarks"
case "$(uname -m)" in
  arm64 | aarch64) native=-mcpu=native ;;
  *) native=-march=native ;;
esac
build=(swift build -c release -Xcc "$native" --package-path "$root" --product SibylBenchmarks)

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
work="$scratch/work"
mkdir "$work"

export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1
export PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1

say() { printf '%s\n' "$*" >&2; }

# Compiles VBMicrolensing's source together with our driver; its source is fetched once.
build_vbmicrolensing() {
  local requirements="$here/requirements/vbmicrolensing.txt"
  local source; source="$(dirname "$venv")/VBMicrolensing-source"
  if ! cmp -s "$requirements" "$source/requirements.txt"; then
    say "fetching the source of VBMicrolensing"
    "$venv/bin/pip" download --quiet --no-deps --dest "$scratch/download" -r "$requirements" >&2 &&
      mkdir "$scratch/source" &&
      tar -xzf "$scratch"/download/*.tar.gz -C "$scratch/source" --strip-components 1 &&
      cp "$requirements" "$scratch/source/requirements.txt" &&
      rm -rf "$source" && mv "$scratch/source" "$source" || return 1
  fi
  say "compiling VBMicrolensing"
  local library="$source/VBMicrolensing/lib"
  "${CXX:-c++}" -std=c++17 -O3 "$native" -w -I "$library" "$here/peer_vbmicrolensing.cpp" \
    "$library/VBMicrolensingLibrary.cpp" -o "$scratch/peer" >&2
}

# A marker keeps a finished installation, and a changed requirements file installs anew.
install() {
  local requirements="$here/requirements/$1.txt" marker="$venv/sibyl-$1.txt"
  cmp -s "$requirements" "$marker" && return 0
  say "installing $1 into $venv"
  "$venv/bin/pip" install --quiet -r "$requirements" >&2 && cp "$requirements" "$marker"
}

# Both sides of a work one after the other, so that they find the machine in the same state.
run_magnification() {
  local lines="$1" name peer=
  if build_vbmicrolensing; then
    peer="$scratch/peer"
    local version='s/^VBMicrolensing==\([^ ]*\).*/\1/p'
    peers="VBMicrolensing $(sed -n "$version" "$here/requirements/vbmicrolensing.txt")"
    peers+=" compiled by $("${CXX:-c++}" --version | sed -n 1p) with -O3 $native"
  else
    say "VBMicrolensing cannot be built here: quoting its recorded figures"
  fi
  say "preparing"
  "$sibyl" prepare-magnification "$work" > "$scratch/names"
  while read -r name; do
    say "$name"
    # The peer blanks the reference where the two codes disagree: before anything is measured.
    if [ -n "$peer" ]; then "$peer" reference "$work" "$name" >> "$lines"; fi
    "$sibyl" magnification "$work" "$name" >> "$lines"
    if [ -n "$peer" ]; then "$peer" measure "$work" "$name" >> "$lines"; fi
  done < "$scratch/names"
}

run_estimators() {
  local lines="$1"
  "$sibyl" prepare-estimators "$work"
  say "estimators, Sibyl"
  "$sibyl" estimators "$work" >> "$lines"
  if install sbi; then
    say "estimators, sbi"
    peers="$("$venv/bin/pip" list 2>/dev/null |
      awk '/^(sbi|torch) / {printf "%s%s %s", comma, $1, $2; comma = ", "}')"
    # In the scratch folder, because sbi leaves logs where it runs.
    (cd "$scratch" && "$venv/bin/python" "$here/peer_sbi.py" measure "$work") >> "$lines"
  else
    say "sbi cannot be installed here: quoting its recorded figures"
  fi
}

run_transforms() {
  local lines="$1"
  say "preparing"
  "$sibyl" prepare-transforms "$work"
  say "transforms, Sibyl"
  "$sibyl" transforms "$work" >> "$lines"
  if install finufft; then
    say "transforms, FINUFFT"
    peers="$("$venv/bin/pip" list 2>/dev/null | awk '/^finufft / {printf "FINUFFT %s", $2}')"
    "$venv/bin/python" "$here/peer_finufft.py" "$work" >> "$lines"
  else
    say "FINUFFT cannot be installed here: quoting its recorded figures"
  fi
}

run_imaging() {
  local lines="$1" peer
  say "preparing"
  "$sibyl" prepare-imaging "$work"
  say "imaging, Sibyl"
  "$sibyl" imaging "$work" >> "$lines"
  for peer in scikit-learn ehtim mpol; do
    # One that fails takes nothing from the others.
    if install "$peer"; then
      say "imaging, $peer"
      (cd "$scratch" && "$venv/bin/python" "$here/peer_imaging.py" "$peer" "$work") >> "$lines" ||
        say "$peer failed"
    else
      say "$peer cannot be installed here"
    fi
  done
  peers="$("$venv/bin/pip" list 2>/dev/null | awk 'tolower($1) ~ /^(scikit-learn|ehtim|mpol)$/ {
    printf "%s%s %s", comma, $1, $2; comma = ", "}')"
}

run_periodograms() {
  local lines="$1"
  say "preparing"
  "$sibyl" prepare-periodograms "$work"
  say "periodograms, Sibyl"
  "$sibyl" periodograms "$work" >> "$lines"
  if install periodograms; then
    say "periodograms, nifty-ls and astropy"
    "$venv/bin/python" "$here/peer_periodogram.py" "$work" >> "$lines"
  else
    say "nifty-ls and astropy cannot be installed here"
  fi
  say "sparse periodograms, Sibyl"
  "$sibyl" sparse-periodograms "$work" >> "$lines"
  if install lasso; then
    say "sparse periodograms, celer and skglm"
    "$venv/bin/python" "$here/peer_sparse.py" "$work" >> "$lines" || say "celer or skglm failed"
  else
    say "celer and skglm cannot be installed here"
  fi
  peers="$("$venv/bin/pip" list 2>/dev/null | awk '/^(nifty-ls|astropy|celer|skglm) / {
    printf "%s%s %s", comma, $1, $2; comma = ", "}')"
}

run_threebody() {
  local lines="$1"
  say "preparing"
  "$sibyl" prepare-threebody "$work"
  say "three bodies, Sibyl"
  "$sibyl" threebody "$work" >> "$lines"
  if install threebody; then
    say "three bodies, heyoka and REBOUND"
    peers="$("$venv/bin/pip" list 2>/dev/null |
      awk '/^(heyoka|rebound) / {printf "%s%s %s", comma, $1, $2; comma = ", "}')"
    "$venv/bin/python" "$here/peer_threebody.py" "$work" >> "$lines"
  else
    say "heyoka and REBOUND cannot be installed here: quoting their recorded figures"
  fi
}

run_surrogates() {
  local lines="$1"
  say "preparing"
  "$sibyl" prepare-surrogates "$work"
  say "surrogates, Sibyl"
  "$sibyl" surrogates "$work" >> "$lines"
  if install scikit-learn; then
    say "surrogates, scikit-learn"
    peers="$("$venv/bin/pip" list 2>/dev/null | awk '/^scikit-learn / {printf "%s %s", $1, $2}')"
    "$venv/bin/python" "$here/peer_surrogates.py" "$work" >> "$lines"
  else
    say "scikit-learn cannot be installed here"
  fi
}

works="${WORKS:-magnification estimators transforms imaging periodograms threebody surrogates}"
for part in $works; do
  case "$part" in
    magnification | estimators | transforms | imaging | periodograms | threebody | surrogates) ;;
    *)
      say "WORKS: found '$part', expected 'magnification', 'estimators', 'transforms', 'imaging'," \
        "'periodograms', 'threebody' or 'surrogates'"
      exit 64
      ;;
  esac
done
if [ ! -x "$venv/bin/python" ]; then
  mkdir -p "$(dirname "$venv")"
  python3 -m venv "$venv"
fi
say "building"
"${build[@]}" >&2
sibyl="$("${build[@]}" --show-bin-path)/SibylBenchmarks"

for part in $works; do
  peers=
  : > "$scratch/$part.jsonl"
  "run_$part" "$scratch/$part.jsonl"
  "$venv/bin/python" "$here/report.py" "$part" "$scratch/$part.jsonl" "$peers" "$results"
done
say "written to $results/README.md"
