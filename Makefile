# Everything is installed into ignored folders: .local (tools, logs), target (builds), node_modules.
LOCAL := .local
VENV := $(LOCAL)/venv
DEPLOY_VENV := $(LOCAL)/deploy-venv
CARGO := cargo
FUNCTIONS := verify-identity send-code confirm-code set-password logout rotate-secret
DEPLOY := $(DEPLOY_VENV)/bin/python infra/deploy

.PHONY: run test lint load bench growth measured valgrind bench-tools september build deploy destroy take-back for-institution tools deploy-tools template-tools browser-tools servers clean

## Runs RecupMail on this machine: http://localhost:8000
run: tools
	$(CARGO) run --locked --bin recupmail-local

## Checks everything: format, lints, unit and property tests, the model, journeys, races, faults, directories, the template,
## the browser.
test: lint tools template-tools browser-tools servers
	$(CARGO) build --locked --bins
	$(CARGO) test --locked --workspace

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO) fmt --manifest-path tests/load/Cargo.toml --check
	$(CARGO) clippy --locked --manifest-path tests/load/Cargo.toml --target-dir target/load --all-targets -- -D warnings

## Builds the functions for AWS and packs each with the institution's file: make build INSTITUTION=usms
build: for-institution tools deploy-tools
	$(CARGO) build --locked --bin site-builder
	$(DEPLOY)/build.py --institution "$(INSTITUTION)" --cargo-lambda $(VENV)/bin/cargo-lambda
	$(DEPLOY)/pack.py --institution "$(INSTITUTION)" --binaries target/lambda

## Deploys an institution, as its deployment.toml says: make deploy INSTITUTION=usms
deploy: for-institution deploy-tools
	$(CARGO) build --locked --bin site-builder
	$(DEPLOY)/preflight.py "$(INSTITUTION)"
	$(MAKE) build INSTITUTION="$(INSTITUTION)"
	$(DEPLOY)/deploy.py "$(INSTITUTION)"

## Removes an institution's deployment, and keeps its data.
destroy: for-institution deploy-tools
	$(DEPLOY)/destroy.py "$(INSTITUTION)"

## Makes a stack of the data that an earlier one left; make deploy adds the rest.
take-back: for-institution deploy-tools
	$(DEPLOY)/take_back.py "$(INSTITUTION)"

for-institution:
	@test -n "$(INSTITUTION)" || (echo "Which institution? INSTITUTION=usms, another folder of infra/institutions, or a path" && exit 1)

## Lets many recover at once on this machine, with release builds: make load LOAD="--people 20000 -- --users 100 --run-time 60"
load: tools
	python3 tests/load/run.py $(LOAD)

## Measures the functions' release builds beside a bare one, and beside plain functions for Node and Python.
bench: measured bench-tools
	target/tools/recupmail-bench --python $(LOCAL)/bench-venv/bin/python

## Measures what a recovery costs in a registry of 1,000, 100,000 and 1,000,000 people.
growth: measured
	target/tools/recupmail-bench --growth

## What bench and growth measure, and what measures it.
measured: tools deploy-tools valgrind
	$(CARGO) build --locked --bin site-builder
	$(DEPLOY)/build.py --institution usms --cargo-lambda $(VENV)/bin/cargo-lambda --also bare-hello one-hash
	$(CARGO) build --locked --profile tools -p recupmail-bench

valgrind:
	@command -v valgrind >/dev/null || (apt-get update -q && apt-get install -y -q --no-install-recommends valgrind)

## Simulates a September day on Lambda with what the last `make bench` measured: tests/bench/september/assumptions.toml says what else.
september:
	$(CARGO) build --locked --profile tools -p recupmail-september
	target/tools/recupmail-september

bench-tools: tests/bench/peers/node/node_modules/.installed $(LOCAL)/bench-venv/.installed

tests/bench/peers/node/node_modules/.installed: tests/bench/peers/node/package-lock.json
	npm ci --prefix tests/bench/peers/node --no-audit --no-fund
	@touch $@

$(LOCAL)/bench-venv/.installed: tests/bench/peers/python/requirements.txt
	python3 -m venv $(LOCAL)/bench-venv
	$(LOCAL)/bench-venv/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

tools: $(VENV)/.installed

$(VENV)/.installed: infra/local/requirements.txt
	@echo "Installing cargo-lambda and the mail and SMS catcher into $(VENV) …"
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install -q --disable-pip-version-check -r infra/local/requirements.txt
	@touch $@

deploy-tools: $(DEPLOY_VENV)/.installed

$(DEPLOY_VENV)/.installed: infra/deploy/requirements.txt
	@echo "Installing the AWS SAM CLI into $(DEPLOY_VENV) …"
	python3 -m venv $(DEPLOY_VENV)
	$(DEPLOY_VENV)/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

## What the tests of the template use besides: each has requirements that exclude the others'.
template-tools: deploy-tools $(LOCAL)/checkov-venv/.installed $(LOCAL)/emulator-venv/.installed

$(LOCAL)/%-venv/.installed: tests/template/%.txt
	@echo "Installing what tests/template/$*.txt names into $(LOCAL)/$*-venv …"
	python3 -m venv $(LOCAL)/$*-venv
	$(LOCAL)/$*-venv/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

browser-tools: tests/browser/node_modules/.installed
	@command -v chromium >/dev/null || (apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-noto-core)

## The directories that the tests write passwords to: OpenLDAP, and Samba as an Active Directory domain controller.
servers:
	@( for server in slapd ldapwhoami samba winbindd openssl /usr/share/samba/setup/provision.ldif; do \
		command -v $$server || test -e $$server || exit 1; done ) >/dev/null || \
		(apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
			slapd ldap-utils samba samba-ad-dc samba-ad-provision winbind openssl)

tests/browser/node_modules/.installed: tests/browser/package-lock.json
	npm ci --prefix tests/browser --no-audit --no-fund
	@touch $@

clean:
	rm -rf $(LOCAL) target static-site/dist tests/browser/node_modules
