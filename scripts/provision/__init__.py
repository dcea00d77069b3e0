"""What Terraform's provisioners run: `python -m scripts.provision.<name> <action>`, with all inputs in the environment.

Each script can be interrupted at any moment and run again: it looks at what exists and goes on from there.
"""
