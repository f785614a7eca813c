"""What Wenqi is made of besides its own code: a list per build, licences, known vulnerabilities."""
