#!/bin/sh
# Installs a version of Terraform into /usr/local/bin, for build machines. The archive must be the one that HashiCorp's
# list of checksums names.
set -eu
version="$1"
archive="terraform_${version}_linux_amd64.zip"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for file in "$archive" "terraform_${version}_SHA256SUMS"; do
  curl --fail --silent --show-error --location --remote-name "https://releases.hashicorp.com/terraform/${version}/${file}"
done
grep " ${archive}\$" "terraform_${version}_SHA256SUMS" | sha256sum --check --status
unzip -q "$archive" terraform
install terraform /usr/local/bin/terraform
terraform version
