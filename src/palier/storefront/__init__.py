"""What shoppers meet: the script with the web components, and the demo's shop."""
