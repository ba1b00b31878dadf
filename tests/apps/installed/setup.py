from setuptools import setup

# The distribution is not called like its package, and `towns.csv` is nowhere declared: an editable
# install has it all the same.
setup(
    name="sun-times",
    version="2.3.0",
    package_dir={"": "src"},
    packages=["suntimes"],
    extras_require={"tables": ["tabulate>=0.9"]},
    entry_points={"console_scripts": ["sun-times=suntimes:main"]},
)
