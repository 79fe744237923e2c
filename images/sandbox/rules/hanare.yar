/*
 * Rules every file and every unpacked member is held against, beside ClamAV. A match is never released and never
 * approved, so a rule names what has no honest use in a document; weaker hints belong elsewhere.
 */

rule Hanare_Eicar_Test
{
    meta:
        about = "the test file of the antivirus industry, assembled here so that this file is not one"
    strings:
        $a = { 58 35 4F 21 50 25 40 41 50 5B 34 5C 50 5A 58 35 34 28 50 5E 29 37 43 43 29 37 7D 24 }
    condition:
        $a at 0 or (filesize < 4096 and $a)
}

rule Hanare_Training_Test
{
    meta:
        about = "our own pattern, for tests and training"
    strings:
        $a = "HANARE-TRAINING-RULE-" nocase
        $b = "b6f1d0c2-match-me"
    condition:
        $a and $b
}

rule Office_Msdt_Protocol
{
    meta:
        about = "a document that starts the support tool with a command (CVE-2022-30190)"
    strings:
        $a = /ms-msdt:\/?id\s+\w+/ nocase
        $b = "IT_BrowseForFile" nocase
    condition:
        all of them
}

rule Rtf_Equation_Object_Updated_On_Open
{
    meta:
        about = "an equation object that loads when the file opens (CVE-2017-11882, CVE-2018-0802)"
    strings:
        $rtf = "{\\rt"
        $clsid = "02ce020000000000c000000000000046" nocase
        $update = "\\objupdate"
    condition:
        $rtf at 0 and $clsid and $update
}

rule Powershell_Long_Encoded_Command
{
    meta:
        about = "a command line that hides its program from the reader"
    strings:
        $a = /powershell(\.exe)?[^\r\n]{0,200}\s-e(c|nc|ncodedcommand)?\s+["']?[A-Za-z0-9+\/]{200}/ nocase
    condition:
        $a
}

rule Html_Smuggled_Program
{
    meta:
        about = "a page that builds a program out of its own text and saves it"
    strings:
        $blob = "new Blob(" nocase
        $save = "msSaveOrOpenBlob" nocase
        $down = ".download" nocase
        $mz = "TVqQAAMAAAAEAAAA"
    condition:
        $blob and $mz and ($save or $down)
}
