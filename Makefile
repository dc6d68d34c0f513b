# What a person types. Each of these first sets the machine up, which takes no time when nothing is missing.
# One profile, release, builds everything that is run, tested and measured.

# Where rustup puts cargo, for terminals that were open before Rust was installed.
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin

# Without this, .cargo/config.toml says where libtorch is.
ifdef FRAMELOOM_LIBTORCH_DIR
export LIBTORCH ?= $(FRAMELOOM_LIBTORCH_DIR)/torch
endif

demo_dir = $(or $(CARGO_TARGET_DIR),target)/demo.frameloom

define step
@printf '\n==> %s\n' '$(1)'
@$(1) || { printf '\n==> FAILED: %s\n' '$(1)' >&2; exit 1; }
endef

.PHONY: help run demo test setup display
.NOTPARALLEL:

help:
	@echo 'make run               open the window; make run ARGS="frames VIDEO --out DIR" does any other command'
	@echo 'make demo              find the themes of the sample video, without a window'
	@echo 'make test              format, lints, documentation and all tests'
	@echo 'make setup             only what the others do first: system packages and libtorch'

run: display setup
	@cargo run --release -- $(ARGS)

demo: setup
	@rm -rf '$(demo_dir)'
	cargo run --release -- run assets/sample/storm.mp4 --captions assets/sample/storm.en.srt \
	    --out '$(demo_dir)'
	@echo 'The project is in $(demo_dir); make run ARGS=$(demo_dir) opens it.'

test: setup
	@bash .ci/setup.sh --tests
	@cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || rustup component add rustfmt clippy
	$(call step,cargo fmt --check)
	$(call step,cargo clippy --release --all-targets -- -D warnings)
	$(call step,RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --release)
	$(call step,cargo test --release)
	$(if $(wildcard tests/parity/run.sh),$(call step,bash tests/parity/run.sh))
	@printf '\n==> All passed.\n'

setup:
	@bash .ci/setup.sh

# A window needs a screen; the subcommands do not.
display:
ifeq ($(ARGS),)
	@if [ "$$(uname -s)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	    echo 'There is no screen here (DISPLAY and WAYLAND_DISPLAY are not set), so no window can be opened.' >&2; \
	    echo 'make demo does the same work on the sample video without one.' >&2; \
	    exit 1; \
	fi
endif
