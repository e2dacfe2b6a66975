# duibiao 对表. The first target lists the others.

PIPELINE ?= pipelines/sanya-2020.toml
PERIOD   ?= 2020-08
PICTURES ?= target/pictures
# How long, and which damage, `make fuzz` does; how many submissions, and which, `make trial`; how
# many plans `make shapes` draws, by SEED.
SECONDS  ?= 600
N        ?= 2000
PLANS    ?= 500
SEED     ?= 1
# How many spoilings of each file `make silence` tries, and how many times `make faults` tries each
# fault, drawn by SEED; 0: all.
LIMIT    ?= 0
DUIBIAO  := target/release/duibiao
CARGO    ?= cargo

.PHONY: help run drill build test check fmt lint docs deny bless pictures manual-pictures page fuzz trial shapes clothes silence faults handover bench bench-stages spark year dist deb install clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

build: ## Build the program
	$(CARGO) build --release --locked

# Findings are a result, not a failure: status 1 says that there are some.
run: build ## Reconcile the fixtures (another plan: make run PIPELINE=… PERIOD=…)
	@$(DUIBIAO) run $(PIPELINE) --period $(PERIOD) || [ $$? -eq 1 ]

drill: build ## Plant known faults in copies of the fixtures and see that all are found
	@$(DUIBIAO) drill $(PIPELINE) --period $(PERIOD)

test: ## Run all tests
	$(CARGO) test --release --locked

check: fmt-check lint docs test ## Everything that must hold before a commit

fmt: ## Format the sources
	$(CARGO) fmt

.PHONY: fmt-check
fmt-check:
	$(CARGO) fmt --check

lint: ## Lint the sources
	$(CARGO) clippy --release --locked --all-targets -- -D warnings

docs: ## Make the sources' documentation; every link in it must lead somewhere
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --release --locked --no-deps --document-private-items

# Needs cargo-deny. The list of known faults is fetched; where it cannot be, that is said, and
# what can be held without it is held.
deny: ## Hold the dependencies against deny.toml (needs cargo-deny)
	$(CARGO) deny --locked --log-level error check bans licenses sources
	@if $(CARGO) deny --locked --log-level error fetch db > /dev/null 2>&1; then \
		$(CARGO) deny --locked --log-level error check --disable-fetch advisories; \
	else echo 'advisories: not checked, their list cannot be fetched from here'; fi

bless: ## Write the expected outcome of all cases and the gallery anew; review with git diff
	BLESS=1 $(CARGO) test --release --locked --test cases
	BLESS=1 $(CARGO) test --release --locked --test suite -- the_gallery the_page_of_the_keys

# Needs LibreOffice, Chinese fonts and poppler; for looking at the result, not for making it.
pictures: build ## Draw every page of workbook, slips and templates as PNG (needs LibreOffice)
	rm -rf $(PICTURES) && mkdir -p $(PICTURES)/archive $(PICTURES)/templates
	@$(DUIBIAO) run $(PIPELINE) --period $(PERIOD) --archive $(PICTURES)/archive || [ $$? -eq 1 ]
	@$(DUIBIAO) template $(PIPELINE) --period $(PERIOD) --out $(PICTURES)/templates
	soffice -env:UserInstallation=file://$(abspath $(PICTURES))/profile --headless \
		--convert-to pdf --outdir $(PICTURES) $$(find $(PICTURES)/archive $(PICTURES)/templates \
		-name '*.xlsx' -not -path '*/inputs/*') > /dev/null
	cd $(PICTURES) && for file in *.pdf; do pdftoppm -r 70 -png "$$file" "$${file%.pdf}"; done
	@ls $(PICTURES)/*.png

# The pictures of the manuals are parts of these pages: the sample month, 海棠区.
manual-pictures: pictures ## Draw the pictures of the manuals anew (needs LibreOffice and poppler)
	cd $(PICTURES) && pdftoppm -r 55 -f 1 -l 1 -png *核对汇总表$(PERIOD).pdf of && mv of-*1.png $(abspath docs/pictures)/overview.png
	cd $(PICTURES) && pdftoppm -r 85 -f 3 -l 3 -x 25 -y 45 -W 1360 -H 480 -png *核对汇总表$(PERIOD).pdf of && mv of-*3.png $(abspath docs/pictures)/findings.png
	cd $(PICTURES) && pdftoppm -r 85 -f 1 -l 1 -x 25 -y 45 -W 945 -H 235 -png 海棠区核实反馈表$(PERIOD).pdf of && mv of-1.png $(abspath docs/pictures)/slip.png
	cd $(PICTURES) && pdftoppm -r 85 -f 1 -l 1 -x 25 -y 45 -W 945 -H 345 -png 海棠区$(PERIOD)报送模板.pdf of && mv of-1.png $(abspath docs/pictures)/template.png

# Needs a browser: Debian's chromium, or another of its kind.
CHROMIUM ?= chromium
page: build ## Draw the printable page on the screen and on paper (needs chromium and poppler)
	rm -rf $(PICTURES)/page && mkdir -p $(PICTURES)/page
	@$(DUIBIAO) run $(PIPELINE) --period $(PERIOD) --archive $(PICTURES)/page/archive || [ $$? -eq 1 ]
	cp $$(find $(PICTURES)/page/archive -name '*.html') $(PICTURES)/page/page.html
	cd $(PICTURES)/page && for out in --screenshot=screen.png --print-to-pdf=page.pdf; do \
		$(CHROMIUM) --headless --no-sandbox --disable-gpu --user-data-dir=$(abspath $(PICTURES))/page/profile \
		--window-size=900,3000 --no-pdf-header-footer $$out file://$(abspath $(PICTURES))/page/page.html \
		> /dev/null 2>&1 || exit 1; done && pdftoppm -r 70 -png page.pdf paper
	@ls $(PICTURES)/page/*.png

fuzz: build ## Read damaged files for SECONDS (600); the same SEED does the same damage
	$(CARGO) run --release --locked --example fuzz -- $(SECONDS) $(SEED)

# Needs Python with openpyxl, xlwt, xlrd and odfpy: other programs write the inputs and read them.
trial: build ## Plant faults in N (2000) random submissions of each kind; all must be found (needs Python)
	python3 -c 'import openpyxl, xlwt, xlrd, odf' || { echo 'pip install openpyxl xlwt xlrd odfpy'; exit 2; }
	PYTHONDONTWRITEBYTECODE=1 python3 tests/trial/trial.py --submissions $(N) --seed $(SEED) --program $(DUIBIAO)

# Needs Python with openpyxl, xlwt, xlrd and odfpy: other programs write the plans and the returns.
shapes: build ## Draft, split and spoil PLANS (500) random plans in the shapes of real ones (needs Python)
	python3 -c 'import openpyxl, xlwt, xlrd, odf' || { echo 'pip install openpyxl xlwt xlrd odfpy'; exit 2; }
	PYTHONDONTWRITEBYTECODE=1 python3 tests/shapes/shapes.py --plans $(PLANS) --seed $(SEED) --program $(DUIBIAO)

clothes: build ## Put the plans of all cases into other clothes and hold what is read against them as they were (needs Python)
	PYTHONDONTWRITEBYTECODE=1 python3 tests/shapes/clothes.py --program $(DUIBIAO)

# Needs Python with openpyxl, xlwt, xlrd and odfpy, so that the inputs come from other programs.
silence: build ## Spoil a month that agrees, one thing at a time; each must be told (needs Python; LIMIT=60 for a sample)
	python3 -c 'import openpyxl, xlwt, xlrd, odf' || { echo 'pip install openpyxl xlwt xlrd odfpy'; exit 2; }
	PYTHONDONTWRITEBYTECODE=1 python3 tests/silence/silence.py --limit $(LIMIT) --seed $(SEED) --program $(DUIBIAO)

# Needs Python; strace (Linux) and openpyxl for what only they can show, said where they are missing.
faults: build ## Kill runs, inject errors, cut the power, spoil archives (needs Python, strace; LIMIT=20 for a sample)
	PYTHONDONTWRITEBYTECODE=1 python3 tests/faults/faults.py --limit $(LIMIT) --seed $(SEED) --program $(DUIBIAO)

# Needs Python with openpyxl, xlwt, xlrd and odfpy; LibreOffice and poppler for what only they can show.
handover: build ## Count every figure again, send every page back, print all (needs Python, LibreOffice; LIMIT=3 for a sample)
	python3 -c 'import openpyxl, xlwt, xlrd, odf' || { echo 'pip install openpyxl xlwt xlrd odfpy'; exit 2; }
	PYTHONDONTWRITEBYTECODE=1 python3 tests/handover/handover.py --limit $(LIMIT) --seed $(SEED) --program $(DUIBIAO)

# Needs Python with XlsxWriter; fetches what the program is held against into an environment of its own.
SIZES ?= 6,100,1000
TIMES ?= 3
bench: build ## What a month costs beside a floor and beside what people would write (needs Python)
	$(CARGO) build --release --locked --example floor
	python3 -m venv target/bench && target/bench/bin/pip install --quiet -r tests/bench/requirements.txt
	target/bench/bin/python -B tests/bench/bench.py --sizes $(SIZES) --times $(TIMES) --python target/bench/bin/python \
		--plot docs/pictures/speed.svg

bench-stages: ## The hot stages one by one
	$(CARGO) bench --locked --bench stages

# A real master and two real workers of Apache Spark on this machine, of which one is killed midway. Needs Java
# (Debian: default-jre-headless) and Python; fetches pyspark (some 400 MB) into an environment of its own.
WORKBOOKS ?= 1000
spark: build ## Read a month on a Spark cluster of this machine, lose a worker, get the same bytes (needs Java and Python)
	@java -version 2>&1 | head -1 || { echo 'Java is missing: apt-get install default-jre-headless'; exit 1; }
	python3 -m venv target/spark && target/spark/bin/pip install --quiet -r examples/spark/requirements.txt
	target/spark/bin/pip list 2> /dev/null | grep -iE 'pyspark|py4j|xlsxwriter'
	PATH="$(abspath target/spark/bin):$$PATH" examples/spark/try.sh $(DUIBIAO) $(WORKBOOKS)

# Needs Python with openpyxl: an office with its sheets, its clerk, and a mail server of its own.
year: build ## Play a year of the schedule: early, late, corrected and half-copied sheets, missed months, a full disk … (needs Python)
	python3 -c 'import openpyxl' || { echo 'pip install openpyxl'; exit 2; }
	PYTHONDONTWRITEBYTECODE=1 python3 tests/year/year.py --program $(DUIBIAO)

# One file that needs no library of the machine: the libraries are those of the usual build, only the program
# is linked with the C library in it.
HOST := $(shell rustc -vV | sed -n 's/^host: //p')
dist: ## Pack the program, self-contained, with sample month, manuals, completions, licences (needs Python)
	$(CARGO) rustc --release --locked --bin duibiao -- -C target-feature=+crt-static -C strip=symbols
	python3 .ci/dist/dist.py --program $(DUIBIAO)$(if $(findstring windows,$(HOST)),.exe) --target $(HOST) --out target/dist

deb: dist ## Make a Debian package of it (needs cargo-deb)
	rm -rf target/deb && cp -r target/dist/duibiao-*-$(HOST) target/deb
	$(CARGO) deb --no-build --no-strip

install: ## Install the program for this user (cargo install)
	$(CARGO) install --path . --locked

clean: ## Remove what was built
	$(CARGO) clean
