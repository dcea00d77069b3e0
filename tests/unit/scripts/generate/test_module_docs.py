import pytest

from scripts.generate import module_docs

VARIABLES = """
variable "name" {
  description = "Name of the thing: a|b."
  type        = string
}

variable "settings" {
  description = "Size."
  type = object({
    memory_size = optional(number, 256)
    network = optional(object({
      subnets = set(string)
    }), {})
  })
  default = {}
}
"""
OUTPUTS = 'output "arn" {\n  description = "ARN of the thing."\n  value       = "x"\n}\n'


@pytest.fixture
def modules(tmp_path):
    module = tmp_path / "thing"
    module.mkdir()
    (module / "variables.tf").write_text(VARIABLES)
    (module / "outputs.tf").write_text(OUTPUTS)
    return tmp_path


def run(modules, *arguments):
    return module_docs.main(["--modules", str(modules), *arguments])


def test_the_modules_readmes_are_current():
    stale = [
        readme.parent.name
        for readme, text in module_docs.documents(module_docs.FOLDERS)
        if readme.exists() and readme.read_text() != text
    ]
    assert stale == [], "run `make docs`"


def test_a_module_without_a_readme_gets_one(modules):
    assert run(modules) == 0
    text = (modules / "thing" / "README.md").read_text()
    assert text.startswith("# thing\n\n<!-- interface:begin")
    assert "| `name` | Name of the thing: a\\|b. | `string` | required |" in text
    assert "| `arn` | ARN of the thing. |" in text


def test_a_long_type_is_laid_out_by_attribute(modules):
    run(modules)
    assert (
        "| `settings` | Size. | <pre>object({<br>  memory_size = optional(number, 256)<br>"
        "  network = optional(object({<br>    subnets = set(string)<br>  }), {})<br>})</pre> | `{}` |"
    ) in (modules / "thing" / "README.md").read_text()


def test_prose_around_the_tables_is_kept(modules):
    readme = modules / "thing" / "README.md"
    readme.write_text(f"# Thing\n\nWhy.\n\n{module_docs.BEGIN}\nold\n{module_docs.END}\n\n## Notes\n\nMore.\n")
    run(modules)
    text = readme.read_text()
    assert text.startswith("# Thing\n\nWhy.\n\n<!-- interface:begin")
    assert text.endswith(f"{module_docs.END}\n\n## Notes\n\nMore.\n")
    assert "old" not in text


def test_check_changes_nothing_and_fails_until_the_tables_are_current(modules):
    assert run(modules, "--check") == 1
    assert not (modules / "thing" / "README.md").exists()
    run(modules)
    assert run(modules, "--check") == 0
    (modules / "thing" / "variables.tf").write_text(VARIABLES.replace("Size.", "Sizes."))
    assert run(modules, "--check") == 1


def test_writing_twice_changes_nothing(modules):
    run(modules)
    first = (modules / "thing" / "README.md").read_bytes()
    run(modules)
    assert (modules / "thing" / "README.md").read_bytes() == first
