"""The system on this machine: a local AWS that holds it, and a demonstration of its main job."""
