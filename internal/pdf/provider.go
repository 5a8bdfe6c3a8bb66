package pdf

import (
	"errors"
	"fmt"

	"github.com/johnfercher/maroto/v2/pkg/consts/extension"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/johnfercher/maroto/v2/pkg/props"
)

// The canvas is what maroto draws on in place of its own provider, which reads
// and cuts every font anew for each document, names none as a subset, writes
// them in random order and tags nothing.
var _ core.Provider = (*canvas)(nil)

var errNotDrawn = errors.New("the canvas draws no such thing")

// refuse notes what no strip of ours asks for, so that it is an error of the
// document and not a hole in it.
func (c *canvas) refuse(what string) error {
	if c.unwanted == nil {
		c.unwanted = fmt.Errorf("%s: %w", what, errNotDrawn)
	}
	return c.unwanted
}

// AddText is refused: text is drawn by [lettered], measured.
func (c *canvas) AddText(string, *entity.Cell, *props.Text) { _ = c.refuse("a text of maroto's own") }

// GetFontHeight is the height of maroto's own text.
func (c *canvas) GetFontHeight(*props.Font) float64 { return 0 }

// GetLinesQuantity counts lines of maroto's own text.
func (c *canvas) GetLinesQuantity(string, *props.Text, float64) int { return 0 }

// AddMatrixCode is refused.
func (c *canvas) AddMatrixCode(string, *entity.Cell, *props.Rect) { _ = c.refuse("a matrix code") }

// AddQrCode is refused: codes are drawn by [lettered].
func (c *canvas) AddQrCode(string, *entity.Cell, *props.Rect) {
	_ = c.refuse("a QR code of maroto's own")
}

// AddBarCode is refused.
func (c *canvas) AddBarCode(string, *entity.Cell, *props.Barcode) { _ = c.refuse("a bar code") }

// GetDimensionsByMatrixCode is refused.
func (c *canvas) GetDimensionsByMatrixCode(string) (*entity.Dimensions, error) {
	return nil, c.refuse("a matrix code")
}

// GetDimensionsByImageByte is refused.
func (c *canvas) GetDimensionsByImageByte([]byte, extension.Type) (*entity.Dimensions, error) {
	return nil, c.refuse("an image")
}

// GetDimensionsByImage is refused.
func (c *canvas) GetDimensionsByImage(string) (*entity.Dimensions, error) {
	return nil, c.refuse("an image")
}

// GetDimensionsByQrCode is refused.
func (c *canvas) GetDimensionsByQrCode(string) (*entity.Dimensions, error) {
	return nil, c.refuse("a QR code of maroto's own")
}

// AddImageFromFile is refused.
func (c *canvas) AddImageFromFile(string, *entity.Cell, *props.Rect) { _ = c.refuse("an image") }

// AddImageFromBytes is refused.
func (c *canvas) AddImageFromBytes([]byte, *entity.Cell, *props.Rect, extension.Type) {
	_ = c.refuse("an image")
}

// AddBackgroundImageFromBytes is refused.
func (c *canvas) AddBackgroundImageFromBytes([]byte, *entity.Cell, *props.Rect, extension.Type) {
	_ = c.refuse("an image")
}

// GenerateBytes is refused: the file is written by [file].
func (c *canvas) GenerateBytes() ([]byte, error) { return nil, c.refuse("a file of maroto's own") }

// SetProtection is refused: its cipher is broken; see [Lock].
func (c *canvas) SetProtection(*entity.Protection) { _ = c.refuse("protection") }

// SetCompression changes nothing: every stream is compressed.
func (c *canvas) SetCompression(bool) {}

// SetMetadata is refused: see [properties].
func (c *canvas) SetMetadata(*entity.Metadata) { _ = c.refuse("metadata") }
