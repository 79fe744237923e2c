/**
 * A script that makes the Group Policy Object on a machine with the GroupPolicy module (RSAT). It makes
 * one object, links it to nothing, and may run again. Pure. UTF-8 with a byte order mark, because Windows
 * PowerShell 5.1 otherwise reads Japanese comments in another encoding.
 */
import type { RegistryValue } from "./registry.ts";

/** @param certificates file names beside the script, for the trusted roots */
export function powershellScript(
  values: readonly RegistryValue[],
  certificates: readonly string[],
): Buffer {
  const lines = [
    "# Hanare: 端末の設定を行う GPO を作成します。リンクはしません。何度実行しても同じ結果になります。",
    "# Makes the Group Policy Object for terminals. Links it to nothing; may run again.",
    "#   .\\hanare-gpo.ps1 [-Name 'Hanare']",
    "param([string]$Name = 'Hanare')",
    "$ErrorActionPreference = 'Stop'",
    "Import-Module GroupPolicy",
    "if (-not (Get-GPO -Name $Name -ErrorAction SilentlyContinue)) { New-GPO -Name $Name | Out-Null }",
    "",
    ...values.map(setValue),
    "",
    "# 信頼するルート証明機関 / trusted roots",
    ...certificates.flatMap(trustRoot),
    "",
    "Write-Host \"GPO '$Name' の準備ができました。対象の OU にリンクしてください。 / Ready; link it to the OU of the terminals.\"",
    "Write-Host \"  New-GPLink -Name '$Name' -Target 'OU=...,DC=...'\"",
  ];
  return Buffer.from(`\ufeff${lines.join("\r\n")}\r\n`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function setValue({ key, name, type, value }: RegistryValue): string {
  const path = key.replace(/^HKEY_LOCAL_MACHINE\\/, "HKLM\\");
  const written =
    type === "dword" ? `-Type DWord -Value ${value}` : `-Type String -Value ${quote(value)}`;
  return `Set-GPRegistryValue -Name $Name -Key ${quote(path)} -ValueName ${quote(name)} ${written} | Out-Null`;
}

/** Group Policy hands roots out as serialized certificates under their thumbprints. */
function trustRoot(file: string): string[] {
  return [
    `$cert = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2 (Join-Path $PSScriptRoot ${quote(file)})`,
    "$blob = $cert.Export([System.Security.Cryptography.X509Certificates.X509ContentType]::SerializedCert)",
    '$key = "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root\\Certificates\\$($cert.Thumbprint)"',
    "Set-GPRegistryValue -Name $Name -Key $key -ValueName 'Blob' -Type Binary -Value $blob | Out-Null",
  ];
}
