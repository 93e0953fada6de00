#!/usr/bin/env bash
# Installs what only some tests of examples need, from Debian's packages: the servers of the client
# libraries in examples/clients, and the compiler of the plugin in examples/guests/c. What is
# installed stays as it is, and no server is left running: each test starts its own, with its own
# data, on a free port.
set -euo pipefail

# Each package with a program of it.
declare -A services=(
  [mosquitto]=mosquitto
  [nats-server]=nats-server
  [rabbitmq-server]=rabbitmq-server
)
declare -A programs=(
  [iproute2]=ip
  [clang]=clang
  [lld]=wasm-ld
)

has() {
  PATH="$PATH:/usr/sbin:/usr/lib/rabbitmq/bin" command -v "$1" > /dev/null
}
missing=()
missing_services=()
for package in "${!services[@]}"; do
  has "${services[$package]}" || missing_services+=("$package")
done
for package in "${!programs[@]}"; do
  has "${programs[$package]}" || missing+=("$package")
done
missing+=("${missing_services[@]}")
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo)
fi

# Debian starts a service as soon as it is installed, unless this file says no.
policy=/usr/sbin/policy-rc.d
ours=
if [ ! -e "$policy" ]; then
  ours=yes
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" > /dev/null
  "${as_root[@]}" chmod +x "$policy"
fi
cleanup() {
  if [ -n "$ours" ]; then "${as_root[@]}" rm -f "$policy"; fi
}
trap cleanup EXIT
# Erlang's port mapper is started by the installation itself, whatever that file says.
mapper=$(pgrep -x epmd || true)

"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}"

# Nor when the machine starts next, or by a service manager that did not ask.
for package in "${missing_services[@]}"; do
  if [ -d /run/systemd/system ]; then
    "${as_root[@]}" systemctl disable --quiet --now "$package"
  else
    "${as_root[@]}" service "$package" stop > /dev/null 2>&1 || true
  fi
done
if [ ${#missing_services[@]} -gt 0 ] && [ -z "$mapper" ]; then
  epmd -kill > /dev/null 2>&1 || true
fi
